# SPDX-License-Identifier: MIT
"""Numbers and tables as results.md shows them."""

import math


def seconds(value):
    """Three figures and the unit that suits them."""
    if value is None or not math.isfinite(value):
        return "–"
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if value * factor >= 1:
            break
    else:
        factor, unit = 1e9, "ns"
    scaled = value * factor
    return f"{scaled:.{2 if scaled < 10 else 1 if scaled < 100 else 0}f} {unit}"


def engineering(size):
    """10000 → 10⁴; what is no power of ten stays."""
    power = round(math.log10(size)) if size > 0 else 0
    return "10" + str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")) if size >= 1000 and size == 10**power else str(size)


def table(header, rows):
    """Lines of Markdown."""
    return ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)] + [
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
