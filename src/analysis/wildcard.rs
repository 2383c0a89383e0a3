//! Wildcards: `*` stands for any text, segments and all; ASCII case does not count.

/// Whether `text` matches `pattern`. It allocates nothing: thousands of patterns are tried.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern
            .get(p)
            .is_some_and(|letter| letter.eq_ignore_ascii_case(&text[t]))
        {
            p += 1;
            t += 1;
        } else if let Some((star_p, star_t)) = star {
            // The last star takes one more letter.
            p = star_p + 1;
            t = star_t + 1;
            star = Some((star_p, t));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_spans_segments() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "a/b/c", true),
            ("*/read", "a/b/read", true),
            ("*/read", "read", false),
            ("a/*/read", "a/b/c/read", true),
            ("a/*/read", "a/read", false),
            ("a/*", "a/b", true),
            ("a/*", "a", false),
            ("a/b", "a/b", true),
            ("A/*/Read", "a/b/rEAD", true),
            ("a/b", "a/bc", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern:?} {text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_text_with_parts_cut_out_for_stars_matches(parts in prop::collection::vec("[a-c/]{0,4}", 1..5), fill in "[a-c/]{0,6}") {
            prop_assert!(matches(&parts.join("*"), &parts.join(&fill)));
        }

        #[test]
        fn without_a_star_only_the_same_text_matches(left in "[a-b]{0,4}", right in "[a-b]{0,4}") {
            prop_assert_eq!(matches(&left, &right), left == right);
        }
    }
}
