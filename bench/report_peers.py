# SPDX-License-Identifier: MIT
"""The tables of natgrad beside other libraries."""

from report_format import engineering, seconds, table

REACHED = 1.01e-8  # ‖∇f‖∞ in long double, of a test on 1e-8 in double

TITLES = {
    ("native", 1): "-O3 -march=native, one core",
    ("native", 2): "-O3 -march=native, two cores",
    ("plain", 1): "plain -O2, one core",
}


def reached(row):
    return row.get("gradient", float("inf")) <= REACHED and "seconds" in row


def is_ours(method):
    return method.startswith("natgrad")


def cases_of(rows):
    return list(dict.fromkeys((r["n"], r["d"], r["conditioning"]) for r in rows))


def case_name(case):
    return f"{engineering(case[0])}×{case[1]} {'ill-conditioned' if case[2] == 'ill' else case[2]}"


def cell(row):
    """The time; and where the answer is none, how far it came and what the peer said."""
    if row is None:
        return ""
    if reached(row):
        return seconds(row["seconds"]) + ("" if row.get("ridge", True) else " (no ridge)")
    if "gradient" in row:
        return f"✗ {row['gradient']:.0e} after {seconds(row.get('seconds'))}"
    return "✗ " + row.get("note", "")[:40]


def fastest(rows, case, ours):
    """The fastest answer to the same problem: what has no ridge does not count."""
    times = [(r["seconds"], r["method"]) for r in rows
             if (r["n"], r["d"], r["conditioning"]) == case and is_ours(r["method"]) == ours and reached(r)
             and r.get("ridge", True)]
    return min(times, default=None)


def build_table(rows, build, threads):
    rows = [r for r in rows if r["problem"] == "fit" and (r["build"], r["threads"]) == (build, threads)]
    if not rows:
        return []
    cases = cases_of(rows)
    by = {(r["method"], r["n"], r["d"], r["conditioning"]): r for r in rows}
    lines = [[method] + [cell(by.get((method, *case))) for case in cases]
             for method in dict.fromkeys(r["method"] for r in rows)]
    ratios = ["**fastest peer ÷ natgrad's fastest**"]
    for case in cases:
        ours, theirs = fastest(rows, case, True), fastest(rows, case, False)
        ratios.append(f"**{theirs[0] / ours[0]:.1f} ×** ({theirs[1].split(',')[0]})" if ours and theirs else "")
    return [f"### {TITLES[build, threads]}", "", *table(["", *map(case_name, cases)], lines + [ratios]), ""]


def rosenbrock(rows):
    rows = [r for r in rows if r["problem"] == "rosenbrock"]
    if not rows:
        return []
    by = {(r["method"], r["build"]): r for r in rows}
    lines = []
    for method in dict.fromkeys(r["method"] for r in rows):
        found = [by.get((method, build)) for build in ("native", "plain")]
        any_of = found[0] or found[1]
        wrong = "" if any_of["gradient"] <= 1.01e-9 else f" ✗ {any_of['gradient']:.0e}"
        lines.append([method] + [f"{r['ns']:.0f} ns{wrong}" if r else "" for r in found] + [any_of["allocations"]])
    return ["### Rosenbrock's function from (−1.2, 1) to ‖∇f‖∞ ≤ 1e-9", "",
            *table(["", "-O3 -march=native", "plain -O2", "allocations"], lines), ""]


def notes(rows):
    """What the peers said where they did not arrive."""
    found = dict.fromkeys(f"{r['method']}: {r['note']}" for r in rows
                          if r.get("note") and not reached(r) and not r["note"].startswith("not tried"))
    return ["What the methods said that did not arrive:", "", *[f"- {note}" for note in found], ""] if found else []


def section(rows):
    if not rows:
        return []
    lines = ["## Beside other libraries", "",
             "The same data from one file, the same test ‖∇f‖∞ ≤ 1e-8, each answer judged by a gradient in long double; ✗ and"
             " ‖∇f‖∞ where it fails. The median time of a fit; natgrad's includes the making of its model.", ""]
    for build, threads in TITLES:
        lines += build_table(rows, build, threads)
    return lines + rosenbrock(rows) + notes(rows)


def bars(rows):
    """(case, method) → seconds, of the build for this machine on one core; what did not arrive is missing."""
    rows = [r for r in rows if r["problem"] == "fit" and (r["build"], r["threads"]) == ("native", 1)]
    return {(case_name(case), r["method"]): r["seconds"] for case in cases_of(rows) for r in rows
            if (r["n"], r["d"], r["conditioning"]) == case and reached(r)}
