"""An independent witness of high precision.

Eigenvalues are not used, nor any code of the crate: rate matrices are put together here from the
published parameters once more, and exponentiated by mpmath with 60 digits.

    pip install mpmath==1.3.0
    python3 crates/pharmacokinetics/witness/witness.py > crates/pharmacokinetics/witness/witness.json
"""

import json

from mpmath import expm, matrix, mp, mpf

mp.dps = 60


def m(text):
    return mpf(text)


def step(amounts, rates, looks, inputs, minutes):
    """One exact step. rates: (from, to or None, rate); looks: flows that take nothing away."""
    size = len(amounts)
    e = matrix(size + 1, size + 1)
    for source, target, rate in rates:
        e[source, source] -= rate * minutes
        if target is not None:
            e[target, source] += rate * minutes
    for source, target, rate in looks:
        e[target, source] += rate * minutes
    for place, rate in inputs.items():
        e[place, size] += rate * minutes
    e = expm(e, method="taylor")
    return [sum(e[i, j] * amounts[j] for j in range(size)) + e[i, size] for i in range(size)]


def both(a, b, to, back):
    return [(a, b, to), (b, a, back)]


def curves(rates, size, events, until, read, looks=()):
    """events: sorted (minute, boluses {place: mg}, inputs {place: mg/min}); values at whole tens."""
    amounts = [mpf(0)] * size
    cuts = sorted({m(t) for t, _, _ in events} | {mpf(t) for t in range(0, until + 1, 10)})
    inputs = {}
    out = []
    for k, cut in enumerate(cuts):
        for at, boluses, running in events:
            if m(at) == cut:
                for place, amount in boluses.items():
                    amounts[place] += amount
                if running is not None:
                    inputs = running
        if cut % 10 == 0:
            out.append([float(sum(amounts[p] * f for p, f in parts)) for parts in read])
        if k + 1 < len(cuts):
            amounts = step(amounts, rates, looks, inputs, cuts[k + 1] - cut)
    return out


def kamp():
    w = m("82.5") / 70
    c = w ** m("0.75") / 60
    v1, v2, v3 = 25 * w, 56 * w, 157 * w
    cl, q2, q3 = 84 * c, 161 * c, 79 * c
    ke0 = m("0.238")
    rates = [(0, None, cl / v1)] + both(0, 1, q2 / v1, q2 / v2) + both(0, 2, q3 / v1, q3 / v3)
    rates.append((3, None, ke0))
    events = [
        ("0", {}, {0: m(35) / 40}),
        ("15", {}, {}),
        ("25", {}, {0: m(35) / 40}),
        ("50", {0: m(5)}, {}),
    ]
    factor = 1000 / v1
    return curves(rates, 4, events, 240, [[(0, factor)], [(3, factor)]], looks=[(0, 3, ke0)])


def perez_ruixo():
    h = mpf(1) / 60
    nose, gut, c, p1, p2, liver, n, n2 = range(8)
    qh = (151 - m("2.19") * 10) * h
    rates = [(nose, c, m("2.93") * h), (gut, liver, m("1.45") * h)]
    rates += both(c, p1, m("84.3") * h / 192, m("84.3") * h / 143)
    rates += both(c, p2, m("37.6") * h / 192, m("37.6") * h / 417)
    rates += both(c, liver, qh / 192, qh / 101)
    rates += [(liver, None, m("1.11") * h), (liver, n, m("2.77") * h), (n, None, 38 * h / 70)]
    rates += both(n, n2, m("26.1") * h / 70, m("26.1") * h / 115)
    over = m("0.53") * 60
    first, later = m("0.54"), m("0.54") * m("0.62")
    swallowed = [28 * (1 - f) * m("0.64") / over for f in (first, later)]
    ends = [over, over + 5]
    events = [
        ("0", {nose: 28 * first}, {gut: swallowed[0]}),
        ("5", {nose: 28 * later}, {gut: swallowed[0] + swallowed[1]}),
        (str(ends[0]), {}, {gut: swallowed[1]}),
        (str(ends[1]), {}, {}),
    ]
    read = [[(c, mpf(1000) / 192)], [(n, mpf(1000) / 70)]]
    return curves(rates, 8, events, 480, read)


def simons():
    mouth, gut, d, c, p2, p3, l1, l2, n, n2, hh, h2, th = range(13)
    v1, cl = m("11.6"), m("1.48")
    rates = [(mouth, c, m("0.040")), (gut, d, m("0.049")), (d, l1, 1 / m("10.7"))]
    rates += both(c, p2, m("2.43") / v1, m("2.43") / 39) + both(c, p3, m("1.21") / v1, m("1.21") / 174)
    rates += [(c, l1, cl / v1 * m("0.8")), (c, None, cl / v1 * (1 - m("0.8")))]
    rates += [(l1, l2, 1 / m("20.1")), (l2, n, 1 / m("20.1"))]
    rates += both(n, n2, m("2.63") / v1, m("2.63") / 221)
    rates += [(n, th, m("1.00") / v1 * m("0.7")), (n, None, m("1.00") / v1 * (1 - m("0.7")))]
    rates += [(th, hh, 1 / m("1.12")), (hh, None, m("0.933") / m("4.4"))]
    rates += both(hh, h2, m("1.70") / m("4.4"), m("1.70") / m("87.5"))
    film, swallowed = 50 * m("0.263") / m("13.1"), 50 * m("1.16") / m("29.9")
    events = [
        ("0", {}, {mouth: film, gut: swallowed}),
        ("13.1", {}, {gut: swallowed}),
        ("29.9", {}, {}),
    ]
    read = [
        [(c, 1000 / v1)],
        [(n, 1000 * m("0.94098") / v1)],
        [(hh, 1000 * m("1.00829") / m("4.4"))],
    ]
    return curves(rates, 13, events, 300, read)


def convolution(rates, t):
    """By the exponential of a chain: also right where rates are equal."""
    size = len(rates)
    chain = matrix(size, size)
    for k, rate in enumerate(rates):
        chain[k, k] = -rate * t
        if k:
            chain[k, k - 1] = t
    return float(expm(chain, method="taylor")[size - 1, 0])


def convolutions():
    sets = [
        ([0.238, 0.2380000000001], 5.0),
        ([1e-9, 1.0, 1e3], 2.0),
        ([0.5, 0.5, 0.0], 1e-3),
        ([0.3, 0.3000001, 0.2999999, 0.0], 40.0),
        ([4.0, 1e-6, 0.0], 1e-2),
        ([2.0, 0.1, 0.10001, 0.0], 25.0),
    ]
    return [
        {"rates": rates, "minutes": t, "value": convolution([mpf(r) for r in rates], mpf(t))}
        for rates, t in sets
    ]


print(
    json.dumps(
        {
            "made_by": "python3 crates/pharmacokinetics/witness/witness.py",
            "digits": mp.dps,
            "kamp_2020": kamp(),
            "perez_ruixo_2021": perez_ruixo(),
            "simons_2022": simons(),
            "convolutions": convolutions(),
        },
        indent=1,
    )
)
