//! Pure judgement of a snapshot: who is let in where, and why.
