//! A file that is cut off, damaged, foreign, newer or too large is refused, and says so.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use hopscope::store::file::{self, FORMAT, Head, MOST, OpenError};
use hopscope::store::{Frame, Kept, Snapshot};
use time::macros::datetime;

fn small() -> Vec<u8> {
    let kept = Kept::of(&Snapshot::default(), &Frame::default());
    let head = Head::new(datetime!(2026-11-23 12:41:07 UTC), None);
    file::pack(&head, &kept).unwrap()
}

fn read(bytes: &[u8]) -> Result<file::Saved, OpenError> {
    file::read(bytes, bytes.len() as u64)
}

/// A file with this packed part that says so much about it, its checksum as it should be.
fn forged(packed: &[u8], says: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let head = br#"{"hopscope":"0.1.0","savedAt":"2026-11-23T12:41:07Z"}"#;
    bytes.extend_from_slice(b"HOPSNAP\n");
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(head.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(&(packed.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&says.to_le_bytes());
    let mut sum = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for part in [&bytes[..], head, packed] {
        sum.update(part);
    }
    let sum = sum.finish();
    bytes.extend_from_slice(sum.as_ref());
    bytes.extend_from_slice(head);
    bytes.extend_from_slice(packed);
    bytes
}

fn packed(document: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(document).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_cut_is_noticed() {
    let whole = small();
    assert!(read(&whole).is_ok());
    for length in 0..whole.len() {
        let error = read(&whole[..length]).unwrap_err();
        let fits = match length {
            0 => matches!(error, OpenError::Foreign),
            _ => matches!(error, OpenError::CutOff { .. }),
        };
        assert!(fits, "{length}: {error}");
    }
}

#[test]
fn every_changed_byte_is_noticed() {
    let whole = small();
    for at in 0..whole.len() {
        for bit in [1, 128] {
            let mut bytes = whole.clone();
            bytes[at] ^= bit;
            assert!(read(&bytes).is_err(), "byte {at} may change");
        }
    }
    let mut longer = whole;
    longer.push(0);
    assert!(matches!(read(&longer), Err(OpenError::Damaged(_))));
}

#[test]
fn foreign_and_newer_files_are_told_apart() {
    for bytes in [
        &b"PK\x03\x04 some other file that is long enough to hold a whole head of ours"[..],
        b"{\"schemaVersion\":1}",
        b"",
    ] {
        let error = read(bytes).unwrap_err();
        assert!(matches!(error, OpenError::Foreign), "{error}");
        assert!(error.to_string().contains("hopscope save FILE"));
    }
    let mut newer = small();
    newer[8..12].copy_from_slice(&(FORMAT + 1).to_le_bytes());
    let error = read(&newer).unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains(&format!("format {}", FORMAT + 1)) && said.contains("newer hopscope"),
        "{said}"
    );
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    // 400 MB of zeros in 400 kB.
    let zeros = vec![b' '; 1 << 20];
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    for _ in 0..400 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let error = read(&forged(&bomb, 400 << 20)).unwrap_err();
    assert!(
        matches!(error, OpenError::TooLarge { bytes } if bytes > MOST),
        "{error}"
    );
    // One that lies about its size stops where it said it would end.
    let error = read(&forged(&bomb, 1_000)).unwrap_err();
    assert!(matches!(error, OpenError::Damaged(_)), "{error}");
    // One that announces what is not there asks for no memory.
    let mut short = forged(&packed(b"{}"), u64::MAX);
    assert!(matches!(read(&short), Err(OpenError::TooLarge { .. })));
    short[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(matches!(read(&short), Err(OpenError::CutOff { .. })));
}

#[test]
fn a_document_that_is_not_ours_is_no_half_of_a_snapshot() {
    for document in [&b"{}"[..], b"[1,2", b"null", b"\xff\xfe"] {
        let error = read(&forged(&packed(document), document.len() as u64)).unwrap_err();
        assert!(matches!(error, OpenError::Unclear(_)), "{error}");
    }
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let error = read(&forged(&packed(&deep), deep.len() as u64)).unwrap_err();
    assert!(matches!(error, OpenError::Unclear(_)), "{error}");
}
