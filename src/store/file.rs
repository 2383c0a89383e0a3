//! A snapshot in one file: a head in clear, then what is kept, compressed.
//!
//! ```text
//!  0  8   "HOPSNAP\n"
//!  8  4   version of the format
//! 12  4   length of the head text
//! 16  8   length of the packed part
//! 24  8   length of the packed part once unpacked
//! 32  32  SHA-256 of all bytes but these
//! 64      the head text (JSON): which hopscope wrote it, when, and whether it is masked
//!         the packed part: zlib, in it one JSON document ([`Kept`])
//! ```
//!
//! Numbers are little-endian. A file is taken whole or not at all, and how much memory it may ask for
//! is bounded before any is given. Reading opens no other file and no socket. Must not decode what
//! Azure sent: that is handed on as it is.

mod found;
mod whole;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use time::OffsetDateTime;

use super::kept::Kept;

pub use found::{Found, found_in, peek};
pub use whole::{Access, whole};

/// The version of the format that is written. Older ones are read.
pub const FORMAT: u32 = 1;

/// What a snapshot file begins with.
const MAGIC: [u8; 8] = *b"HOPSNAP\n";

/// Where the checksum stands.
const CHECKSUM_AT: usize = 32;

/// How long the fixed part is.
const FIXED: usize = CHECKSUM_AT + SHA256_OUTPUT_LEN;

/// The longest head text.
const LONGEST_HEAD: u32 = 4_096;

/// The most that a file may hold once unpacked: 256 MiB, some tens of thousands of resources with all
/// their answers.
pub const MOST: u64 = 256 << 20;

/// How much is handed to the packer at once.
const PIECE: usize = 64 << 10;

/// What a file says of itself, readable without unpacking it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// The version of hopscope that wrote it.
    pub hopscope: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub saved_at: OffsetDateTime,
    /// What is masked in it, by the name of the level; none when nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked: Option<String>,
}

impl Head {
    /// The head of a file that this program writes now.
    pub fn new(saved_at: OffsetDateTime, masked: Option<String>) -> Self {
        Self {
            hopscope: env!("CARGO_PKG_VERSION").to_owned(),
            saved_at,
            masked,
        }
    }
}

/// A snapshot file in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// What it says of itself.
    pub head: Head,
    /// What it holds.
    pub kept: Kept,
}

/// Why a file cannot be opened. Each says what to do next.
#[derive(Debug, Error)]
pub enum OpenError {
    /// It cannot be read.
    #[error("it cannot be read")]
    Unreadable(#[source] io::Error),
    /// It is something else.
    #[error("it is no snapshot of hopscope; `hopscope save FILE` writes one")]
    Foreign,
    /// It was written by a later hopscope.
    #[error(
        "it is a snapshot of format {format}{by}, and this is hopscope {own}, which reads up to format {FORMAT}: open it with a newer hopscope",
        own = env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// Its format.
        format: u32,
        /// Who wrote it, as far as it says: ` by hopscope 2.0.0`.
        by: String,
    },
    /// Its end is missing.
    #[error(
        "it is cut off: {found} of {expected} bytes are there; copy it again, or save a new one"
    )]
    CutOff {
        /// Bytes that there should be.
        expected: u64,
        /// Bytes that there are.
        found: u64,
    },
    /// Its bytes are not those that were written.
    #[error("it is damaged ({0}); copy it again, or save a new one")]
    Damaged(&'static str),
    /// Its document is not of this format.
    #[error("what it holds cannot be read; it was not written by hopscope, or by one with a fault")]
    Unclear(#[source] serde_json::Error),
    /// It would take too much memory.
    #[error(
        "it would take {bytes} bytes of memory, and {MOST} is the most; look at fewer resource groups (--resource-group) and save again"
    )]
    TooLarge {
        /// Its size once unpacked.
        bytes: u64,
    },
}

/// Why a file cannot be written.
#[derive(Debug, Error)]
pub enum SaveError {
    /// Something else is in its place.
    #[error(
        "it is there already and is no snapshot of hopscope: give another name, or remove it first"
    )]
    Occupied,
    /// The system refuses.
    #[error("it cannot be written")]
    Unwritable(#[from] io::Error),
    /// There is too much of it.
    #[error(
        "it would hold {bytes} bytes, and {MOST} is the most that can be opened again; look at fewer resource groups (--resource-group)"
    )]
    TooLarge {
        /// Its size before it is packed.
        bytes: u64,
    },
}

/// Writes a snapshot so that only its owner can read it, and so that the file is never there by half.
/// A snapshot of that name is replaced; anything else is left alone.
pub fn save(path: &Path, head: &Head, kept: &Kept) -> Result<(), SaveError> {
    if path.exists() && !is_snapshot(path) {
        return Err(SaveError::Occupied);
    }
    let bytes = pack(head, kept)?;
    whole(path, Access::Owner, |out| out.write_all(&bytes))?;
    Ok(())
}

/// Opens a snapshot, whole or not at all.
pub fn open(path: &Path) -> Result<Saved, OpenError> {
    let file = File::open(path).map_err(OpenError::Unreadable)?;
    let size = file.metadata().map_err(OpenError::Unreadable)?.len();
    read(io::BufReader::new(file), size)
}

/// The bytes of a snapshot file.
pub fn pack(head: &Head, kept: &Kept) -> Result<Vec<u8>, SaveError> {
    let head = serde_json::to_vec(head).map_err(io::Error::from)?;
    let mut counted = Counted {
        inner: ZlibEncoder::new(Vec::new(), Compression::default()),
        count: 0,
    };
    // The document comes word by word, and the packer likes it in large pieces.
    let mut pieces = io::BufWriter::with_capacity(PIECE, &mut counted);
    serde_json::to_writer(&mut pieces, kept).map_err(io::Error::from)?;
    pieces.flush()?;
    drop(pieces);
    if counted.count > MOST {
        return Err(SaveError::TooLarge {
            bytes: counted.count,
        });
    }
    let packed = counted.inner.finish()?;
    let mut bytes = Vec::with_capacity(FIXED + head.len() + packed.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(head.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(&(packed.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&counted.count.to_le_bytes());
    let sum = checksum(&bytes, &head, &packed);
    bytes.extend_from_slice(&sum);
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(&packed);
    Ok(bytes)
}

/// What stands before the packed part.
struct Start {
    fixed: Vec<u8>,
    head_text: Vec<u8>,
    head: Option<Head>,
    packed_length: u64,
    whole_length: u64,
}

impl Start {
    fn head(self) -> Result<Head, OpenError> {
        self.head.ok_or(OpenError::Damaged("its head is unclear"))
    }
}

/// Reads up to the packed part of a snapshot of `size` bytes, and holds the lengths that it names
/// against the size.
fn start(from: &mut impl Read, size: u64) -> Result<Start, OpenError> {
    let mut fixed = Vec::with_capacity(FIXED);
    take(from, FIXED as u64, &mut fixed)?;
    if !fixed.starts_with(&MAGIC) {
        // A file that ends within the magic is cut off, if it is anything of ours.
        let is_start = !fixed.is_empty() && MAGIC.starts_with(&fixed);
        return Err(if is_start {
            cut_off(FIXED, size)
        } else {
            OpenError::Foreign
        });
    }
    if fixed.len() < FIXED {
        return Err(cut_off(FIXED, size));
    }
    let format = u32::from_le_bytes(bytes_at(&fixed, 8));
    let head_length = u32::from_le_bytes(bytes_at(&fixed, 12));
    let packed_length = u64::from_le_bytes(bytes_at(&fixed, 16));
    let whole_length = u64::from_le_bytes(bytes_at(&fixed, 24));
    if head_length > LONGEST_HEAD {
        return Err(OpenError::Damaged("its head is too long"));
    }
    let mut head_text = Vec::new();
    take(from, u64::from(head_length), &mut head_text)?;
    let head: Option<Head> = serde_json::from_slice(&head_text).ok();
    if format == 0 {
        return Err(OpenError::Damaged("it names no format"));
    }
    if format > FORMAT {
        let by = head.map_or_else(String::new, |head| {
            format!(" by hopscope {}", crate::model::text::safe(&head.hopscope))
        });
        return Err(OpenError::Newer { format, by });
    }
    let expected = (FIXED as u64 + u64::from(head_length)).saturating_add(packed_length);
    if size < expected {
        return Err(OpenError::CutOff {
            expected,
            found: size,
        });
    }
    if size > expected {
        return Err(OpenError::Damaged("there is more than was written"));
    }
    if whole_length > MOST || packed_length > MOST {
        return Err(OpenError::TooLarge {
            bytes: whole_length.max(packed_length),
        });
    }
    Ok(Start {
        fixed,
        head_text,
        head,
        packed_length,
        whole_length,
    })
}

/// Reads a snapshot of `size` bytes.
pub fn read(mut from: impl Read, size: u64) -> Result<Saved, OpenError> {
    let start = start(&mut from, size)?;
    let mut packed = Vec::new();
    take(&mut from, start.packed_length, &mut packed)?;
    let (before, sum) = start.fixed.split_at(CHECKSUM_AT);
    if checksum(before, &start.head_text, &packed) != *sum {
        return Err(OpenError::Damaged("its checksum does not fit"));
    }
    let whole_length = start.whole_length;
    let head = start.head()?;
    let document = unpack(&packed, whole_length)?;
    drop(packed);
    let kept = Kept::parse(&document).map_err(OpenError::Unclear)?;
    Ok(Saved { head, kept })
}

/// Unpacks no more than was announced, and not less.
fn unpack(packed: &[u8], whole_length: u64) -> Result<Vec<u8>, OpenError> {
    let mut document = Vec::new();
    ZlibDecoder::new(packed)
        .take(whole_length + 1)
        .read_to_end(&mut document)
        .map_err(|_| OpenError::Damaged("it cannot be unpacked"))?;
    if document.len() as u64 != whole_length {
        return Err(OpenError::Damaged("it holds more or less than it says"));
    }
    Ok(document)
}

/// Reads up to `count` bytes; the buffer grows with what is there, not with what is announced.
fn take(from: &mut impl Read, count: u64, into: &mut Vec<u8>) -> Result<(), OpenError> {
    from.take(count)
        .read_to_end(into)
        .map(drop)
        .map_err(OpenError::Unreadable)
}

fn cut_off(expected: usize, found: u64) -> OpenError {
    OpenError::CutOff {
        expected: expected as u64,
        found,
    }
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut own = [0; N];
    if let Some(found) = bytes.get(at..at + N) {
        own.copy_from_slice(found);
    }
    own
}

fn checksum(start: &[u8], head: &[u8], packed: &[u8]) -> [u8; SHA256_OUTPUT_LEN] {
    let mut context = Context::new(&SHA256);
    for part in [start, head, packed] {
        context.update(part);
    }
    let mut sum = [0; SHA256_OUTPUT_LEN];
    sum.copy_from_slice(context.finish().as_ref());
    sum
}

/// Whether a file begins as a snapshot does.
fn is_snapshot(path: &Path) -> bool {
    let mut start = [0; MAGIC.len()];
    let is_file = fs::metadata(path).is_ok_and(|found| found.is_file());
    is_file
        && File::open(path)
            .and_then(|mut file| file.read_exact(&mut start))
            .is_ok()
        && start == MAGIC
}

/// Counts what is written.
struct Counted<W> {
    inner: W,
    count: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.count += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
