# SPDX-License-Identifier: MIT
"""growth and peers as SVG and PNG through gnuplot. The colours are those of Okabe & Ito (2008)."""

import shutil
import subprocess

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
FRAME = """set border 3 lc '#666666'
set tics nomirror out textcolor '#333333'
set grid ytics lc '#e4e4e4' lt 1 lw 1
"""


def plot(name, width, height, body, output):
    """Runs the body once for each format."""
    script = ""
    for kind, terminal, size in (("svg", "svg enhanced", 13), ("png", "pngcairo enhanced", 11)):
        script += (f"reset\nset terminal {terminal} size {width},{height} font 'Arial,{size}' background '#ffffff'\n"
                   f"set output '{output / name}.{kind}'\n{FRAME}{body}\nunset multiplot\nset output\n")
    done = subprocess.run(["gnuplot"], input=script, text=True, capture_output=True)
    print(f"drawn: {output / name}.svg and .png" if done.returncode == 0 else done.stderr)


def draw_growth(curves, slopes, output):
    optimizers = list(dict.fromkeys(optimizer for _, optimizer in curves))
    body, blocks = "set multiplot layout 1,2\nset logscale xy\nset format '10^{%T}'\nset key below vertical maxcols 1 reverse Left samplen 3\n", ""
    for by, title in (("n", "against n, at d = 20"), ("d", "against d, at n = 10^4")):
        parts = []
        for k, optimizer in enumerate(optimizers):
            if (by, optimizer) not in curves:
                continue
            blocks += f"$curve_{by}_{k} << END\n" + "".join(f"{x} {y}\n" for x, y in curves[by, optimizer]) + "END\n"
            shown = optimizer.replace("_", " ")
            parts.append(f"$curve_{by}_{k} with linespoints pt 7 ps 0.7 lw 2 lc '{COLOURS[k]}'"
                         f" title '{shown}, slope {slopes[by, optimizer]:.2f}'")
        if parts:
            sizes = [x for (of, _), points in curves.items() if of == by for x, _ in points]
            body += (f"set title '{title}'\nunset xlabel\nset ylabel 'seconds a fit'\nset yrange [*:*]\n"
                     f"set xrange [{min(sizes) * 0.8}:{max(sizes) * 1.25}]\n")
            body += "plot " + ", ".join(parts) + "\n"
    plot("growth", 1120, 480, blocks + body, output)


def draw_peers(bars, output):
    """One panel a case, the methods in rows; time to the right on a log axis."""
    cases = list(dict.fromkeys(case for case, _ in bars))
    columns = min(2, len(cases))
    lines = (len(cases) + columns - 1) // columns
    methods = list(dict.fromkeys(method for _, method in bars))
    height = 110 + 20 * len(methods)
    body, blocks = f"set multiplot layout {lines},{columns}\n", ""
    for k, case in enumerate(cases):
        shown = sorted(((bars[case, m], m) for m in methods if (case, m) in bars), reverse=True)
        low, high = shown[-1][0] / 3, shown[0][0] * 6
        blocks += f"$bars_{k} << END\n"
        for row, (time, method) in enumerate(shown):
            ours = 1 if method.startswith("natgrad") else 0
            blocks += f'{time} {row} {ours} "{label(time)}"\n'
        blocks += "END\n"
        names = ", ".join(f"'{escaped(method.split(',')[0])}' {row}" for row, (_, method) in enumerate(shown))
        body += (f"set title '{case}'\nunset key\nset logscale x\nset xrange [{low}:{high}]\nset format x '10^{{%T}}'\n"
                 f"set xlabel 'seconds'\nset yrange [-0.7:{len(shown) - 0.3}]\nset ytics ({names}) scale 0\nunset grid\n"
                 f"plot $bars_{k} using ($1):2:({low}):1:($2-0.36):($2+0.36):($3 > 0.5 ? 0x0072B2 : 0xb9c4cf)"
                 " with boxxyerror fs solid noborder lc rgb variable, "
                 f"'' using 1:2:4 with labels left offset 0.6,0 textcolor '#333333'\n")
    plot("peers", 620 * columns, height * lines, blocks + body, output)


def escaped(name):
    """What gnuplot would take for markup."""
    return "".join("\\" + letter if letter in "{}_^@&~" else letter for letter in name)


def label(time):
    return f"{time * 1e6:.0f} µs" if time < 1e-3 else f"{time * 1e3:.3g} ms" if time < 1 else f"{time:.3g} s"


def draw(curves, slopes, bars, output):
    if not shutil.which("gnuplot"):
        print("gnuplot is not installed: no pictures were drawn.")
        return
    if curves:
        draw_growth(curves, slopes, output)
    if bars:
        draw_peers(bars, output)
