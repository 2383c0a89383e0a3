//! One property of an answer, with the ways in which it can have no value kept apart.

/// What an answer says of one property. Absent and null mean different things in different
/// services (reference `arm/README.md`, "Defaults that differ"), so neither is folded into a default
/// here: `analysis` applies defaults, service by service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Field<T> {
    /// The property is not in the answer.
    #[default]
    Absent,
    /// The property is there and is `null`.
    Null,
    /// The property has a value of the expected shape.
    Value(T),
    /// The property has a value of another shape; the resource's issues hold its JSON path.
    Malformed,
    /// The API version that answered does not know the property; the version that first does.
    Unreported(&'static str),
}

impl<T> Field<T> {
    /// The value, when there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The same kind of field around a reference.
    pub fn as_ref(&self) -> Field<&T> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Value(value) => Field::Value(value),
            Self::Malformed => Field::Malformed,
            Self::Unreported(since) => Field::Unreported(since),
        }
    }

    /// Maps the value, keeps every other state.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Value(value) => Field::Value(f(value)),
            Self::Malformed => Field::Malformed,
            Self::Unreported(since) => Field::Unreported(since),
        }
    }

    /// Maps to another field, so that a nested property's state wins over "there is an object".
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Field<U>) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Value(value) => f(value),
            Self::Malformed => Field::Malformed,
            Self::Unreported(since) => Field::Unreported(since),
        }
    }

    /// Whether Azure said nothing: absent or null. A documented default may stand in for it.
    pub fn is_unset(&self) -> bool {
        matches!(self, Self::Absent | Self::Null)
    }

    /// Whether no conclusion may be drawn: malformed, or the API version is too old.
    pub fn is_unclear(&self) -> bool {
        matches!(self, Self::Malformed | Self::Unreported(_))
    }

    /// The value, or `default` when Azure said nothing, or none when no conclusion may be drawn.
    pub fn or_default(&self, default: T) -> Option<T>
    where
        T: Clone,
    {
        match self {
            Self::Value(value) => Some(value.clone()),
            Self::Absent | Self::Null => Some(default),
            Self::Malformed | Self::Unreported(_) => None,
        }
    }
}

impl Field<String> {
    /// The text, when there is one.
    pub fn text(&self) -> Option<&str> {
        self.value().map(String::as_str)
    }

    /// Whether the text equals `word` without regard to case (enum casing is not stable).
    pub fn is(&self, word: &str) -> bool {
        self.text()
            .is_some_and(|text| text.eq_ignore_ascii_case(word))
    }
}

impl<T> Field<Vec<T>> {
    /// The items, or none of them when there is no list.
    pub fn items(&self) -> &[T] {
        self.value().map_or(&[], Vec::as_slice)
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_stands_in_for_silence_only() {
        assert_eq!(Field::Absent.or_default(true), Some(true));
        assert_eq!(Field::Null.or_default(true), Some(true));
        assert_eq!(Field::Value(false).or_default(true), Some(false));
        assert_eq!(Field::Malformed.or_default(true), None);
        assert_eq!(Field::Unreported("2025-05-01").or_default(true), None);
    }
}
