//! Who is let in, by which rule: one caller at one firewall.
