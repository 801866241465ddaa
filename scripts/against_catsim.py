"""Times MaxInfoSelector of catsim over a drawn bank, and our engine over the same; see against-catsim.sh."""

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time

import catsim.selection
import numpy

ITEMS = 1_000
THETAS = [-2.0, -0.7, 0.0, 0.4, 1.3, 2.5]
ROUNDS = 101


def drawn_bank():
    """Parameters a, b, c, d of a bank as catsim has them, drawn by a fixed seed."""
    random = numpy.random.default_rng(7)
    a = random.lognormal(0.0, 0.3, ITEMS)
    b = random.normal(0.0, 1.0, ITEMS)
    c = random.uniform(0.1, 0.25, ITEMS)
    return numpy.column_stack([a, b, c, numpy.ones(ITEMS)])


def theirs(bank, theta):
    """The item catsim takes, and the median time in nanoseconds."""
    selector = catsim.selection.MaxInfoSelector()
    # The interface changed between releases: newer ones take an item bank.
    try:
        from catsim.item_bank import ItemBank

        with contextlib.redirect_stdout(None):
            arguments = {"item_bank": ItemBank(bank)}
    except ImportError:
        arguments = {"items": bank}
    given = list(range(10))
    times, item = [], None
    for _ in range(ROUNDS):
        before = time.perf_counter_ns()
        item = selector.select(administered_items=given, est_theta=theta, **arguments)
        times.append(time.perf_counter_ns() - before)
    return int(item), statistics.median(times[1:])


def main():
    bank = drawn_bank()
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        for a, b, c, _ in bank:
            file.write(f"{float(a)!r},{float(b)!r},{float(c)!r}\n")
        file.flush()
        command = [sys.argv[1], file.name, *map(str, THETAS)]
        ours = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    ratios = []
    print(f"{'theta':>6} {'item':>5} {'learnr us':>10} {'catsim us':>10} {'ratio':>7}")
    for theta, line in zip(THETAS, ours):
        item, nanoseconds = map(int, line.split(","))
        other, other_nanoseconds = theirs(bank, theta)
        if item != other:
            sys.exit(f"at {theta} learnr takes item {item}, catsim {other}")
        ratios.append(other_nanoseconds / nanoseconds)
        print(
            f"{theta:6.1f} {item:5d} {nanoseconds / 1e3:10.2f} {other_nanoseconds / 1e3:10.1f} "
            f"{ratios[-1]:7.0f}"
        )
    print(f"median ratio {statistics.median(ratios):.0f}")


if __name__ == "__main__":
    main()
