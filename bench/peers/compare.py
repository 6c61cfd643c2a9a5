# SPDX-License-Identifier: MIT
"""Gives the same problems to natgrad and to every peer that is installed, and writes peers.json.

    compare.py PROGRAMS RESULTS [--quick]

PROGRAMS: the directory of peer_… and peers_data. RESULTS: where peers.json goes. Only the standard library is used; each
peer is a process of its own, which is killed where it takes too long, and whose answer is judged by peers_data in long double.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

SHAPES = [(1000, 5), (10_000, 100), (100_000, 100), (10_000, 1000), (1_000_000, 20)]
SECONDS = 10       # a fit that can be stopped is stopped after this time
PATIENCE = 40      # a process that cannot be is killed after this time: the data are read in it, and R takes its time
NO_RIDGE = ("statsmodels", "R glm")
HERE = pathlib.Path(__file__).parent


class Peer:
    def __init__(self, command, line, compiled):
        self.method, can = line.split("\t")
        self.command, self.compiled = command, compiled
        self.fits, self.rosenbrock = "fit" in can.split(), "rosenbrock" in can.split()

    def run(self, arguments, threads, timeout):
        """The line of JSON that it prints, or a note about what became of it."""
        environment = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
        environment.update(OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads), GLOG_minloglevel="3")
        try:
            done = subprocess.run(self.command + [self.method] + arguments, env=environment, timeout=timeout,
                                  capture_output=True, text=True)
        except subprocess.TimeoutExpired:
            return {"note": f"killed after {timeout} s"}
        if done.returncode != 0 or not done.stdout.strip():
            words = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            return {"note": "died: " + words[:120]}
        return json.loads(done.stdout.strip().splitlines()[-1])


def methods_of(command, compiled):
    """What a program lists; nothing where it cannot run."""
    try:
        listed = subprocess.run(command + ["list"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [Peer(command, line, compiled) for line in listed.stdout.splitlines()] if listed.returncode == 0 else []


def find_peers(programs):
    """The peers of each build; what is not compiled belongs to the build for this machine."""
    builds = {"native": [], "plain": []}
    for program in sorted(programs.glob("peer_*")):
        if os.access(program, os.X_OK) and program.is_file():
            builds["plain" if program.name.endswith("_plain") else "native"] += methods_of([str(program)], True)
    for script in ("sklearn_peer.py", "statsmodels_peer.py"):
        for python in ("/usr/bin/python3", sys.executable):  # the system's packages need the system's Python
            if found := methods_of([python, str(HERE / script)], False):
                builds["native"] += found
                break
    if shutil.which("Rscript"):
        builds["native"] += methods_of(["Rscript", "--vanilla", str(HERE / "glm_peer.R")], False)
    for build in builds.values():
        build.sort(key=lambda peer: "peer_natgrad" not in peer.command[0])
    return builds


class Comparison:
    def __init__(self, programs, results):
        self.judge = str(programs / "peers_data")
        self.builds = find_peers(programs)
        self.results = results
        self.data, self.answer = str(results / "peers_data.bin"), str(results / "peers_answer.bin")
        self.rows = []
        self.hopeless = set()  # (method, case): what ran out of time once is not tried again

    def save(self):
        (self.results / "peers.json").write_text(json.dumps(self.rows, indent=1))

    def fit(self, peer, build, threads, n, d, conditioning):
        case = (peer.method, n, d, conditioning)
        row = {"problem": "fit", "method": peer.method, "build": build, "threads": threads, "n": n, "d": d,
               "conditioning": conditioning}
        if case in self.hopeless:
            row["note"] = "not tried: it ran out of time before"
        else:
            pathlib.Path(self.answer).unlink(missing_ok=True)
            row.update(peer.run(["fit", self.data, self.answer, str(SECONDS)], threads, SECONDS + PATIENCE))
            if os.path.exists(self.answer):
                row["ridge"] = not peer.method.startswith(NO_RIDGE)
                row.update(json.loads(subprocess.run(
                    [self.judge, "check", self.data, self.answer] + ([] if row["ridge"] else ["0"]),
                    capture_output=True, text=True, check=True).stdout.replace("-nan", "NaN").replace("nan", "NaN")))
            if row.get("seconds", SECONDS) > 0.9 * SECONDS:
                self.hopeless.add(case)
        self.rows.append(row)
        took = f"{row['seconds'] * 1e3:11.3f} ms" if "seconds" in row else " " * 14
        print(f"  {build:6} {threads} {peer.method:40} {took}  gradient {row.get('gradient', float('nan')):8.1e}"
              f"  {row.get('note', '')}", flush=True)
        self.save()

    def shape(self, n, d, conditioning):
        print(f"\n{n} x {d}, {conditioning}", flush=True)
        subprocess.run([self.judge, "write", self.data, str(n), str(d), conditioning], check=True)
        native = [peer for peer in self.builds["native"] if peer.fits]
        for peer in native:
            self.fit(peer, "native", 1, n, d, conditioning)
        for peer in self.builds["plain"]:
            if peer.fits:
                self.fit(peer, "plain", 1, n, d, conditioning)
        for peer in native:
            if conditioning == "isotropic" and not peer.method.startswith(NO_RIDGE):
                self.fit(peer, "native", 2, n, d, conditioning)

    def rosenbrock(self):
        print("\nRosenbrock's function", flush=True)
        for build, peers in self.builds.items():
            for peer in (p for p in peers if p.rosenbrock):
                found = peer.run(["rosenbrock"], 1, SECONDS)
                if "ns" not in found:
                    print(f"  {build:6} {peer.method:40} {found.get('note')}", flush=True)
                    continue
                self.rows.append({"problem": "rosenbrock", "method": peer.method, "build": build, **found})
                print(f"  {build:6} {peer.method:40} {found['ns']:9.0f} ns  {found['allocations']} allocations"
                      f"  gradient {found['gradient']:.1e}", flush=True)
        self.save()


def main(arguments):
    programs, results = pathlib.Path(arguments[0]), pathlib.Path(arguments[1])
    results.mkdir(parents=True, exist_ok=True)
    comparison = Comparison(programs, results)
    try:
        comparison.rosenbrock()
        for n, d in SHAPES[:1] if "--quick" in arguments else SHAPES:
            for conditioning in ("isotropic", "ill"):
                comparison.shape(n, d, conditioning)
    finally:
        for path in (comparison.data, comparison.answer):
            pathlib.Path(path).unlink(missing_ok=True)


main(sys.argv[1:])
