//! Checkpoints: one signed hash over the heads of all histories, so that a case that was taken away whole, or cut
//! back to an earlier entry, is found.
//!
//! The heads, in the order of case numbers, are the leaves of a Merkle tree as RFC 6962 has it; a checkpoint signs
//! its root, how many cases there were, when, and the checkpoint before (Ed25519). What is written of it is text that
//! another program can check with SHA-256 and Ed25519 alone.

pub mod folder;

use jiff::Timestamp;
use machine::ids::CaseId;
use ports::commit::{Hash, Mark};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::audit::{hex, unhex};
use crate::chain;

/// Where a history ended when a checkpoint was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The case.
    pub case: CaseId,
    /// Its last entry, and the hash that covers all of them.
    pub mark: Mark,
}

impl Head {
    /// As a line: version, hash, case. This line is the leaf.
    pub fn line(&self) -> String {
        format!("{} {} {}", self.mark.version, hex(&self.mark.chain), self.case)
    }

    /// Out of its line.
    pub fn read(line: &str) -> Option<Head> {
        let mut parts = line.splitn(3, ' ');
        let version = parts.next()?.parse().ok()?;
        let chain = unhex(parts.next()?)?;
        Some(Head { case: CaseId(parts.next()?.into()), mark: Mark { version, chain } })
    }
}

/// A Merkle tree that is built leaf by leaf; it keeps one hash for each level.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Whole subtrees, the largest first: leaves, hash.
    parts: Vec<(u64, Hash)>,
}

impl Tree {
    /// Adds a head.
    pub fn add(&mut self, head: &Head) {
        self.parts.push((1, chain::leaf(head.line().as_bytes())));
        while let [.., (left, a), (right, b)] = self.parts[..]
            && left == right
        {
            self.parts.truncate(self.parts.len() - 2);
            self.parts.push((left + right, node(&a, &b)));
        }
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.parts.iter().map(|(leaves, _)| leaves).sum()
    }

    /// The root; of an empty tree the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut from_right = self.parts.iter().rev().map(|(_, hash)| *hash);
        match from_right.next() {
            None => Sha256::digest([]).into(),
            Some(last) => from_right.fold(last, |right, left| node(&left, &right)),
        }
    }
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1u8]).chain_update(left).chain_update(right).finalize().into()
}

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Counts from 1.
    pub number: u64,
    /// When the heads were read.
    pub at: Timestamp,
    /// How many cases there were.
    pub cases: u64,
    /// The root of the tree over their heads.
    pub root: Hash,
    /// The hash of the checkpoint before; zeros for the first.
    pub before: Hash,
}

impl Checkpoint {
    /// The bytes that are signed.
    pub fn text(&self) -> String {
        let (root, before) = (hex(&self.root), hex(&self.before));
        format!("charter checkpoint 1\n{}\n{}\n{}\n{root}\n{before}\n", self.number, self.at, self.cases)
    }

    /// The hash by which the next one names it.
    pub fn hash(&self) -> Hash {
        chain::leaf(self.text().as_bytes())
    }
}

/// A checkpoint with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// By which public key.
    pub key: [u8; 32],
    /// The signature.
    pub signature: Vec<u8>,
}

impl Sealed {
    /// As a line of JSON.
    pub fn line(&self) -> String {
        let it = &self.checkpoint;
        json!({
            "checkpoint": 1, "number": it.number, "at": it.at.to_string(), "cases": it.cases,
            "root": hex(&it.root), "before": hex(&it.before),
            "key": hex(&self.key), "signature": hex_of(&self.signature),
        })
        .to_string()
    }

    /// Out of its line.
    pub fn read(line: &str) -> Option<Sealed> {
        let json: Json = serde_json::from_str(line).ok()?;
        let text = |name: &str| json[name].as_str();
        let hash = |name: &str| text(name).and_then(unhex);
        let signature = text("signature").filter(|text| text.len() == 128)?;
        let (first, second) = (unhex(signature.get(..64)?)?, unhex(signature.get(64..)?)?);
        (json["checkpoint"] == 1).then_some(())?;
        Some(Sealed {
            checkpoint: Checkpoint {
                number: json["number"].as_u64()?,
                at: text("at")?.parse().ok()?,
                cases: json["cases"].as_u64()?,
                root: hash("root")?,
                before: hash("before")?,
            },
            key: hash("key")?,
            signature: [first, second].concat(),
        })
    }

    /// Whether this public key signed it.
    pub fn is_by(&self, key: &[u8; 32]) -> bool {
        let signed = UnparsedPublicKey::new(&ED25519, key);
        self.key == *key && signed.verify(self.checkpoint.text().as_bytes(), &self.signature).is_ok()
    }
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What signs checkpoints.
#[derive(Debug)]
pub struct Seal(Ed25519KeyPair);

impl Seal {
    /// Of 32 secret bytes. `None`: they make no key.
    pub fn of(secret: &[u8; 32]) -> Option<Seal> {
        Ed25519KeyPair::from_seed_unchecked(secret).ok().map(Seal)
    }

    /// The public key: whoever has it can check, and not sign.
    pub fn public(&self) -> [u8; 32] {
        let mut key = [0; 32];
        key.copy_from_slice(self.0.public_key().as_ref());
        key
    }

    /// Signs.
    pub fn sign(&self, checkpoint: Checkpoint) -> Sealed {
        let signature = self.0.sign(checkpoint.text().as_bytes()).as_ref().to_vec();
        Sealed { checkpoint, key: self.public(), signature }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(number: u64) -> Head {
        Head { case: CaseId(format!("C {number}").into()), mark: Mark { version: number, chain: [7; 32] } }
    }

    /// As RFC 6962 defines it: split at the largest power of two below the number of leaves.
    fn defined(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node(&defined(left), &defined(right))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_definition_for_every_size() {
        let leaves: Vec<Hash> = (1..=70).map(|n| chain::leaf(head(n).line().as_bytes())).collect();
        let mut tree = Tree::default();
        for size in 0..=70 {
            assert_eq!(tree.root(), defined(&leaves[..size]), "{size}");
            assert_eq!(tree.size(), size as u64);
            tree.add(&head(size as u64 + 1));
        }
    }

    #[test]
    fn a_line_comes_back_and_whatever_is_changed_in_it_is_not_signed() {
        let seal = Seal::of(&[9; 32]).unwrap();
        let at = Timestamp::from_second(1_780_000_000).unwrap();
        let checkpoint = Checkpoint { number: 3, at, cases: 5, root: [1; 32], before: [2; 32] };
        let sealed = seal.sign(checkpoint);
        let read = Sealed::read(&sealed.line()).unwrap();
        assert_eq!(read, sealed);
        assert!(read.is_by(&seal.public()));
        assert!(!read.is_by(&Seal::of(&[8; 32]).unwrap().public()), "another key");
        for (from, to) in [("\"cases\":5", "\"cases\":4"), ("\"number\":3", "\"number\":4"), ("0202", "0203")]
        {
            let changed = Sealed::read(&sealed.line().replacen(from, to, 1)).unwrap();
            assert!(!changed.is_by(&seal.public()), "{to}");
        }
        assert_eq!(Head::read(&head(4).line()), Some(head(4)), "a case's number may hold spaces");
    }
}
