//! The Merkle tree over a tenant's log, as RFC 6962 §2.1 defines it.
//!
//! The log keeps only the [`Frontier`]: one hash for each complete subtree, at most 64 of them. It
//! is enough to append and to tell the root. Proofs are made from the leaves when somebody asks.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Hash of two subtrees: `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1u8]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// The root of a tree without leaves: `SHA-256()`.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The right edge of the tree: one root for each complete subtree, largest first.
///
/// There is one for each bit that is set in `size`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// A tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// A frontier as it was stored; `None` if the number of subtrees does not fit the size.
    pub fn from_parts(size: u64, subtrees: Vec<Hash>) -> Option<Self> {
        (subtrees.len() == size.count_ones() as usize).then_some(Self { size, subtrees })
    }

    /// How many leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, largest first.
    pub fn subtrees(&self) -> &[Hash] {
        &self.subtrees
    }

    /// Takes in the next leaf.
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one of the size is a subtree as large as the one just completed.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.subtrees.push(node);
        self.size += 1;
    }

    /// The root over all leaves.
    pub fn root(&self) -> Hash {
        let mut from_the_right = self.subtrees.iter().rev();
        let Some(last) = from_the_right.next() else {
            return empty_root();
        };
        from_the_right.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// The root over all leaves of a slice.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        several => {
            let (left, right) = several.split_at(split(several.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: usize) -> usize {
    let power = count.next_power_of_two();
    power / 2
}

/// Proof that the leaf with this index (from 0) is in the tree: RFC 6962 §2.1.1.
///
/// Refuses, as `None`, an index that is not in the tree.
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    let mut proof = Vec::new();
    let (mut rest, mut index) = (leaves, index);
    while rest.len() > 1 {
        let (left, right) = rest.split_at(split(rest.len()));
        if index < left.len() {
            proof.push(root(right));
            rest = left;
        } else {
            proof.push(root(left));
            index -= left.len();
            rest = right;
        }
    }
    proof.reverse();
    Some(proof)
}

/// Whether the proof shows that `leaf` has this index (from 0) in the tree of this size and root.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut computed) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            computed = node_hash(sibling, &computed);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            computed = node_hash(&computed, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && computed == *root
}

/// Proof that the tree of the first `earlier` leaves is the beginning of this one: §2.1.2.
///
/// Refuses, as `None`, an earlier size that is larger than the tree. Empty for equal sizes and for
/// an earlier tree without leaves: both need no proof.
pub fn consistency_proof(leaves: &[Hash], earlier: usize) -> Option<Vec<Hash>> {
    if earlier > leaves.len() {
        return None;
    }
    if earlier == 0 || earlier == leaves.len() {
        return Some(Vec::new());
    }
    let mut proof = Vec::new();
    let (mut rest, mut earlier, mut is_whole) = (leaves, earlier, true);
    while earlier != rest.len() {
        let (left, right) = rest.split_at(split(rest.len()));
        if earlier <= left.len() {
            proof.push(root(right));
            rest = left;
        } else {
            proof.push(root(left));
            earlier -= left.len();
            rest = right;
            is_whole = false;
        }
    }
    // The verifier knows the root of the earlier tree already when it is a subtree of its own.
    if !is_whole {
        proof.push(root(rest));
    }
    proof.reverse();
    Some(proof)
}

/// Whether the proof shows that the earlier tree is the beginning of the later one.
pub fn verify_consistency(earlier: (u64, &Hash), later: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((earlier_size, earlier_root), (later_size, later_root)) = (earlier, later);
    if earlier_size > later_size {
        return false;
    }
    if earlier_size == 0 {
        return proof.is_empty() && *earlier_root == empty_root();
    }
    if earlier_size == later_size {
        return proof.is_empty() && earlier_root == later_root;
    }
    let mut siblings = proof.iter();
    let first = if earlier_size.is_power_of_two() {
        Some(earlier_root)
    } else {
        siblings.next()
    };
    let Some(first) = first else { return false };
    let (mut node, mut last) = (earlier_size - 1, later_size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut as_earlier, mut as_later) = (*first, *first);
    for sibling in siblings {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            as_earlier = node_hash(sibling, &as_earlier);
            as_later = node_hash(sibling, &as_later);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            as_later = node_hash(&as_later, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && as_earlier == *earlier_root && as_later == *later_root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(data: &[u8]) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update([0u8]);
        hasher.update(data);
        hasher.finalize().into()
    }

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|n| leaf(&n.to_be_bytes())).collect()
    }

    fn frontier(leaves: &[Hash]) -> Frontier {
        let mut frontier = Frontier::new();
        for leaf in leaves {
            frontier.append(*leaf);
        }
        frontier
    }

    #[test]
    fn the_roots_are_those_of_the_published_vectors() {
        // Source: safety reference §10.2; the first is SHA-256 of nothing, as RFC 6962 says.
        let (a, b, c) = (leaf(b"a"), leaf(b"b"), leaf(b"c"));
        let vectors: [(&[Hash], &str); 3] = [
            (
                &[],
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                &[a, b],
                "b137985ff484fb600db93107c77b0365c80d78f5b429ded0fd97361d077999eb",
            ),
            (
                &[a, b, c],
                "36642e73c2540ab121e3a6bf9545b0a24982cd830eb13d3cd19de3ce6c021ec1",
            ),
        ];
        for (leaves, expected) in vectors {
            assert_eq!(hex::encode(root(leaves)), expected);
            assert_eq!(hex::encode(frontier(leaves).root()), expected);
        }
        assert_eq!(
            hex::encode(leaf(b"")),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        assert_eq!(
            hex::encode(a),
            "022a6979e6dab7aa5ae4c3e5e45f7e977112a7e63593820dbec1ec738a24f93c"
        );
    }

    #[test]
    fn the_frontier_tells_the_same_root_as_the_whole_tree() {
        for count in 0..130 {
            let leaves = leaves(count);
            let frontier = frontier(&leaves);
            assert_eq!(frontier.root(), root(&leaves), "{count} leaves");
            assert_eq!(
                Frontier::from_parts(frontier.size(), frontier.subtrees().to_vec()),
                Some(frontier)
            );
        }
    }

    #[test]
    fn a_frontier_that_does_not_fit_its_size_is_refused() {
        assert_eq!(Frontier::from_parts(3, leaves(1)), None);
    }

    #[test]
    fn every_leaf_can_be_shown_to_be_in_the_tree_and_no_other_can() {
        // Hazard: H36
        for count in 1..40 {
            let leaves = leaves(count);
            let root = root(&leaves);
            for index in 0..count {
                let proof = inclusion_proof(&leaves, index).unwrap();
                let shows = |leaf: &Hash, at: usize| {
                    verify_inclusion(leaf, at as u64, count as u64, &proof, &root)
                };
                assert!(shows(&leaves[index], index));
                assert!(!shows(&leaf(b"forged"), index));
                for other in (0..count).filter(|other| *other != index) {
                    assert!(!shows(&leaves[index], other));
                }
            }
            assert_eq!(inclusion_proof(&leaves, count), None);
        }
    }

    #[test]
    fn a_log_that_only_grew_can_be_told_from_one_that_was_rewritten() {
        // Hazard: H36
        for later in 0..40 {
            let leaves = leaves(later);
            let later_root = root(&leaves);
            for earlier in 0..=later {
                let earlier_root = root(&leaves[..earlier]);
                let proof = consistency_proof(&leaves, earlier).unwrap();
                let shows = |earlier_root: &Hash, later_root: &Hash| {
                    verify_consistency(
                        (earlier as u64, earlier_root),
                        (later as u64, later_root),
                        &proof,
                    )
                };
                assert!(shows(&earlier_root, &later_root), "{earlier} in {later}");
                if earlier > 0 {
                    assert!(!shows(&leaf(b"fork"), &later_root));
                    assert!(!shows(&earlier_root, &leaf(b"fork")));
                }
            }
            assert_eq!(consistency_proof(&leaves, later + 1), None);
        }
    }
}
