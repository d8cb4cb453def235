//! Divided differences of e^(-x t): the convolutions of exponentials, without cancellation.
//!
//! A way through first-order steps with rates a, b, c … has the response
//! a·b·… times the divided difference of exp(-x t) over those rates (with a sign). Written as
//! partial fractions it loses every digit where two rates come close; here it loses none.

/// The convolution of exp(-r t) over all `rates` at time `t`, for one to five rates of any size,
/// equal or not. With one rate it is exp(-r t); with a rate of zero it is an integral from 0 to t.
pub(crate) fn convolution<const N: usize>(mut rates: [f64; N], t: f64) -> f64 {
    // Highest first: -r t rises along the nodes.
    rates.sort_unstable_by(|a, b| b.total_cmp(a));
    let mut nodes = rates;
    for node in &mut nodes {
        *node *= -t;
    }
    let mut scale = 1.0;
    for _ in 1..N {
        scale *= t;
    }
    difference(&nodes) * scale
}

/// Nodes closer than this are summed as a series; beyond it the recursion loses no more than a digit.
const CLOSE: f64 = 1.0;

/// The divided difference of exp over rising nodes.
fn difference(nodes: &[f64]) -> f64 {
    let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else {
        return 0.0;
    };
    match nodes.len() {
        1 => first.exp(),
        2 => {
            let gap = last - first;
            if gap == 0.0 {
                first.exp()
            } else if gap < CLOSE {
                first.exp() * gap.exp_m1() / gap
            } else {
                // Seen from the larger end, so that nothing overflows.
                last.exp() * -(-gap).exp_m1() / gap
            }
        }
        count => {
            let gap = last - first;
            if gap <= CLOSE {
                series(nodes)
            } else {
                (difference(&nodes[1..]) - difference(&nodes[..count - 1])) / gap
            }
        }
    }
}

const MOST_TERMS: usize = 24;

/// 1/0!, 1/1!, 1/2! …: no division for each term.
const ONE_OVER_FACTORIAL: [f64; MOST_TERMS + 8] = {
    let mut table = [1.0; MOST_TERMS + 8];
    let mut factorial = 1.0;
    let mut k = 1;
    while k < table.len() {
        factorial *= k as f64;
        table[k] = 1.0 / factorial;
        k += 1;
    }
    table
};

/// exp(first) × sum over k of h_k(gaps) / (k + n)!, h_k being the complete homogeneous symmetric
/// polynomials of the gaps from the first node: every term is positive.
fn series(nodes: &[f64]) -> f64 {
    let n = nodes.len() - 1;
    let first = nodes[0];
    // h[j] is h_k of the first j gaps; h_k(..j) = h_k(..j-1) + gap_j h_{k-1}(..j).
    let mut h = [0.0; 8];
    for place in &mut h[1..=n] {
        *place = 1.0;
    }
    let mut sum = ONE_OVER_FACTORIAL[n];
    for k in 1..MOST_TERMS {
        for j in 1..=n {
            h[j] = (nodes[j] - first) * h[j] + h[j - 1];
        }
        let term = h[n] * ONE_OVER_FACTORIAL[n + k];
        sum += term;
        if term <= sum * f64::EPSILON * 0.25 {
            break;
        }
    }
    first.exp() * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!(
            ((found - expected) / expected).abs() < 4e-15,
            "{found:e} is not {expected:e}"
        );
    }

    #[test]
    fn equal_rates_give_the_gamma_shape() {
        // t e^-t, t² e^-t / 2, t³ e^-t / 6 at t = 3.
        close(convolution([1.0, 1.0], 3.0), 3.0 * (-3.0_f64).exp());
        close(convolution([1.0; 3], 3.0), 4.5 * (-3.0_f64).exp());
        close(convolution([1.0; 4], 3.0), 4.5 * (-3.0_f64).exp());
    }

    // Witness: witness/witness.py of this crate, 60 digits.
    #[test]
    fn nearly_equal_and_very_unequal_rates_keep_their_digits() {
        close(
            convolution([0.238, 0.238_000_000_000_1], 5.0),
            1.52110632033314,
        );
        close(
            convolution([1e-9, 1.0, 1e3], 2.0),
            0.000_864_529_244_874_926,
        );
        close(convolution([0.5, 0.5, 0.0], 1e-3), 4.998_333_645_791_671e-7);
        close(
            convolution([0.3, 0.300_000_1, 0.299_999_9, 0.0], 40.0),
            37.017_694_146_299_16,
        );
        close(
            convolution([4.0, 1e-6, 0.0], 1e-2),
            4.933_994_685_518_734_4e-5,
        );
        close(
            convolution([2.0, 0.1, 0.10001, 0.0], 25.0),
            35.104_245_371_688_31,
        );
    }
}
