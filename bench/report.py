# SPDX-License-Identifier: MIT
"""Turns what bench/run measured into results.md and its pictures. Python's standard library, and gnuplot where it is installed.

    report.py RESULTS OUTPUT

RESULTS: the directory of bench_….json (Google Benchmark), compile_time.json, peers.json and least_squares.md, each of which may be missing.
OUTPUT: the directory of results.md, growth.svg and .png, peers.svg and .png.
"""

import datetime
import json
import math
import os
import pathlib
import platform
import sys

import report_peers
import report_pictures
from report_format import engineering, seconds, table


def load(path):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


def benchmarks(results, program):
    """name → its figures; the options that Google Benchmark puts into names are taken out, and times are in seconds."""
    content = load(results / f"{program}.json") or {}
    unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}
    found = {}
    for run in content.get("benchmarks", []):
        if run.get("run_type") == "aggregate" and run.get("aggregate_name") != "median":
            continue
        name = "/".join(p for p in run["name"].split("/") if not p.startswith("min_time:") and p != "manual_time")
        run["time"] = run.get("median", run.get("real_time", math.nan) * unit[run.get("time_unit", "ns")])
        found[name.removesuffix("_median")] = run
    return found


def machine():
    model = platform.processor() or platform.machine()
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
        flags = next(line for line in lines if line.startswith("flags")).split()
        model += ", " + ("AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "SSE2")
    except (OSError, StopIteration):
        pass
    load_average = ", ".join(f"{x:.1f}" for x in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return (f"{model}, {os.cpu_count()} processors, {platform.system()}; {datetime.date.today()};"
            f" load average at the end {load_average}.")


# ---- one section a question --------------------------------------------------------------------------------------------

def kernels(results):
    native, plain = benchmarks(results, "bench_kernels"), benchmarks(results, "bench_kernels_plain")
    if not native:
        return []
    rows = []
    for name, run in native.items():
        if not name.startswith("kernel/"):
            continue
        textbook, other = native.get("textbook/" + name[7:], {}), plain.get(name, {})
        plain_textbook = plain.get("textbook/" + name[7:], {})
        if "ns_a_margin" in run:
            of = [f"{run['ns_a_margin']:.2f} ns a margin", "", f"{textbook.get('time', math.nan) / run['time']:.1f} ×"]
        else:
            limit = (f"peak {run['GFLOP/s_peak']:.0f} GFLOP/s" if "GFLOP/s" in run else f"read {run['GB/s_read']:.0f} GB/s")
            figure = f"{run['GFLOP/s']:.1f} GFLOP/s, " if "GFLOP/s" in run else ""
            of = [f"{figure}{run['ratio']:.2f} × the limit", limit, f"{textbook.get('ratio', math.nan) / run['ratio']:.1f} ×"]
        speed = f"{100 * run['time'] / other['time']:.0f} %" if other.get("time") else ""
        gain = f"{plain_textbook['time'] / other['time']:.1f} ×" if other.get("time") and "time" in plain_textbook else ""
        rows.append([name[7:], seconds(run["time"]), *of, speed, gain])
    return ["## Kernels", "",
            "Time against the limit measured beside it; how many times faster than the textbook expression in Eigen; and the"
            " speed of a plain -O2 build of the kernel, in per cent of that with -march=native, and what it gains there.", "",
            *table(["kernel", "time", "against the limit", "the limit", "textbook ÷ kernel", "plain -O2 speed",
                    "plain textbook ÷ plain kernel"], rows), ""]


def fits(runs):
    rows = []
    for name, run in runs.items():
        if name.startswith("fit/"):
            _, shape, conditioning, optimizer = name.split("/")
            rows.append([shape, conditioning, optimizer, seconds(run["time"]),
                         f"{run.get('passes', math.nan):.0f}", f"{run.get('gradient', math.nan):.1e}", run.get("label", "")])
    return ["## Logistic regression to ‖∇f‖∞ ≤ 1e-8, ridge 1e-3", "",
            *table(["n×d", "data", "optimizer", "time", "passes", "‖∇f‖∞", "ended"], rows), ""] if rows else []


def curves(runs):
    """(by, optimizer) → [(size, seconds)] of the growth"""
    found = {}
    for name, run in runs.items():
        if name.startswith("growth_") and run.get("label") in ("converged", "precision_limit"):
            by, optimizer, size = name.removeprefix("growth_").split("/")
            found.setdefault((by, optimizer), []).append((int(size), run["time"]))
    return {key: sorted(points) for key, points in found.items()}


def slope(points):
    """of log time against log size, by least squares"""
    if len(points) < 2:
        return math.nan
    x, y = [math.log(p[0]) for p in points], [math.log(p[1]) for p in points]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)


def growth(found):
    rows = [[by, optimizer, ", ".join(f"{engineering(size)}: {seconds(time)}" for size, time in points),
             f"{slope(points):.2f}", f"{slope(points[len(points) // 2:]):.2f}"]
            for (by, optimizer), points in found.items()]
    return ["## Growth: time ∝ size^slope", "", "n at d = 20, and d at n = 10⁴; isotropic data.", "",
            *table(["by", "optimizer", "size: time", "slope", "slope of the upper half"], rows), "",
            "![Time of a fit against n and against d, on log axes](growth.svg)", ""] if rows else []


def small(results):
    rows = []
    for name, run in benchmarks(results, "bench_small").items():
        if run.get("error_occurred"):
            rows.append([name, run.get("error_message", "error"), "", "", ""])
            continue
        evaluations = " / ".join(f"{run[k]:.0f}" if k in run else "–" for k in ("values", "gradients", "hessians"))
        gradient = f"{run['gradient']:.1e}" if "gradient" in run else ""
        rows.append([name, f"{run['time'] * 1e9:.0f} ns", f"{run.get('allocations', math.nan):.0f}", evaluations,
                     f"{gradient} {run.get('label', '')}".strip()])
    return ["## Small problems to ‖∇f‖∞ ≤ 1e-9", "",
            *table(["problem", "a minimisation", "allocations", "f / ∇f / ∇²f", "ended at"], rows), ""] if rows else []


def compile_time(results):
    found = load(results / "compile_time.json")
    if not found:
        return []
    alone = found["eigen_alone"]
    rows = [[unit.replace("_", " "), f"{found[unit]:.2f} s", f"{found[unit] - alone:+.2f} s"]
            for unit in ("eigen_alone", "rosenbrock_newton", "logistic_natural_gradient") if unit in found]
    lines = ["## Compile time of one unit, -O2, in seconds of a processor", "", found["compiler"] + ".", "",
             *table(["unit", "time", "beyond <Eigen/Dense>"], rows), ""]
    headers = {name: time - found["headers"][""] for name, time in found["headers"].items() if name}
    if headers:
        heaviest = sorted(headers, key=headers.get, reverse=True)[:5]
        lines += ["The heaviest headers, alone and only parsed, beyond <Eigen/Dense>: "
                  + ", ".join(f"`{name}` {headers[name]:.2f} s" for name in heaviest) + ".", ""]
    return lines


def least_squares(results):
    found = results / "least_squares.md"
    if not found.exists():
        return []
    return ["## Least squares: minima reached of Moré, Garbow & Hillstrom's problems", "", found.read_text()]


def main(results, output):
    runs = benchmarks(results, "bench_fits")
    grown = curves(runs)
    rows = load(results / "peers.json") or []
    lines = ["# Benchmarks", "", machine(), ""]
    lines += kernels(results) + fits(runs) + growth(grown) + small(results) + compile_time(results)
    lines += report_peers.section(rows) + least_squares(results)
    (output / "results.md").write_text("\n".join(lines))
    for (by, optimizer), points in grown.items():
        print(f"growth by {by}, {optimizer}: slope {slope(points):.2f}, of the upper half {slope(points[len(points) // 2:]):.2f}")
    report_pictures.draw(grown, {key: slope(points) for key, points in grown.items()}, report_peers.bars(rows), output)
    print(f"\nThe table is {output / 'results.md'}")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
