//! The embedded Azure: raw JSON documents served over real HTTP on loopback.
