//! The secret behind pseudonyms that are to be the same in several files.

use std::fs;
use std::io;
use std::path::Path;

use aws_lc_rs::{hmac, rand};
use thiserror::Error;

use super::Secret;
use crate::store::file::{Access, whole};

/// What a key file begins with; the key follows in hexadecimal.
const HEAD: &str = "hopscope redact key ";

/// Why a key file cannot be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// It cannot be read or written.
    #[error("the key file cannot be used")]
    File(#[from] io::Error),
    /// It holds something else.
    #[error("it is no key file: name one that does not exist, and it is made")]
    Foreign,
    /// The system gives no random bytes.
    #[error("the system gives no random bytes for a key")]
    Random,
}

/// The key of a file; made, for its owner's eyes only, where there is none.
pub fn key_file(path: &Path) -> Result<Secret, KeyError> {
    match fs::read_to_string(path) {
        Ok(text) => parse(&text).ok_or(KeyError::Foreign),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let secret = Secret::random()?;
            let mut text = HEAD.to_owned();
            for byte in secret.0 {
                for digit in [byte >> 4, byte & 0x0F] {
                    text.extend(char::from_digit(u32::from(digit), 16));
                }
            }
            text.push('\n');
            whole(path, Access::Owner, |out| out.write_all(text.as_bytes()))?;
            Ok(secret)
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(KeyError::Foreign),
        Err(error) => Err(error.into()),
    }
}

fn parse(text: &str) -> Option<Secret> {
    let digits = text.strip_prefix(HEAD)?.trim_end();
    let mut key = [0; 32];
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(Secret(key))
}

impl Secret {
    /// A new one.
    pub(super) fn random() -> Result<Self, KeyError> {
        let mut key = [0; 32];
        rand::fill(&mut key).map_err(|_| KeyError::Random)?;
        Ok(Self(key))
    }

    /// The keyed hash (HMAC-SHA256) of a text.
    pub(super) fn hash(&self, text: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&key, text).as_ref());
        hash
    }
}
