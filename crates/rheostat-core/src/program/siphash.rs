//! SipHash-2-4: keyed, so that hashed values cannot be guessed by trying.
//!
//! Written out here because the result must stay the same across versions of
//! Rust wherever `[defaults] hash_key` fixes the key.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A key of 128 bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct HashKey(u64, u64);

impl std::fmt::Debug for HashKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashKey")
    }
}

impl HashKey {
    /// A key from a secret text.
    pub(crate) fn from_secret(secret: &str) -> Self {
        let halves = Self(0x7268_656f_7374_6174, 1);
        let first = halves.hash(secret.as_bytes());
        Self(first, Self(first, 2).hash(secret.as_bytes()))
    }

    /// The key of this process, the same for every policy it applies.
    pub(crate) fn of_process() -> Self {
        static KEY: std::sync::OnceLock<HashKey> = std::sync::OnceLock::new();
        *KEY.get_or_init(|| {
            let random = || RandomState::new().build_hasher().finish();
            Self(random(), random())
        })
    }

    /// A key that is the same everywhere, for hashes that hide nothing.
    pub(crate) const fn public() -> Self {
        Self(0x7268_656f, 0x7374_6174)
    }

    /// The hash of bytes.
    pub(crate) fn hash(self, bytes: &[u8]) -> u64 {
        let mut state = [
            self.0 ^ 0x736f_6d65_7073_6575,
            self.1 ^ 0x646f_7261_6e64_6f6d,
            self.0 ^ 0x6c79_6765_6e65_7261,
            self.1 ^ 0x7465_6462_7974_6573,
        ];
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            absorb(&mut state, little_endian(word));
        }
        let length = (bytes.len() as u64) << 56;
        absorb(&mut state, length | little_endian(words.remainder()));
        state[2] ^= 0xff;
        for _ in 0..4 {
            round(&mut state);
        }
        state[0] ^ state[1] ^ state[2] ^ state[3]
    }
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn absorb(state: &mut [u64; 4], word: u64) {
    state[3] ^= word;
    round(state);
    round(state);
    state[0] ^= word;
}

fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::HashKey;

    #[test]
    fn hashes_are_those_of_the_reference_vectors() {
        let key = HashKey(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        let input: Vec<u8> = (0..15).collect();
        assert_eq!(key.hash(&[]), 0x726f_db47_dd0e_0e31);
        assert_eq!(key.hash(&input), 0xa129_ca61_49be_45e5);
    }
}
