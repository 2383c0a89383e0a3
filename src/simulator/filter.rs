//! `OData` `$filter` expressions: parsed once, judged against anything that has fields. Must not know
//! what the fields are; a subject that does not know a field or a function says so.

/// A parsed expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Compare {
        field: String,
        operator: Operator,
        value: String,
    },
    In {
        field: String,
        values: Vec<String>,
    },
    Call {
        name: String,
        arguments: Vec<Argument>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    AtLeast,
    AtMost,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Text(String),
    Field(String),
}

/// Something that a filter can be asked about.
pub(super) trait Subject {
    /// The field's value (lower-cased name, slashes between levels); `Err` when no such field can be asked.
    fn field(&self, name: &str) -> Result<Option<String>, Unsupported>;

    /// A function that is not one of `OData`'s own (`atScope()`).
    fn call(&self, _name: &str, _arguments: &[Argument]) -> Result<bool, Unsupported> {
        Err(Unsupported)
    }
}

/// The filter asks for something that the service does not offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unsupported;

/// How deeply brackets may nest: no real filter comes near, and a hostile one must not end the process.
const DEPTH: usize = 24;

pub(super) fn parse(text: &str) -> Result<Expression, Unsupported> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, at: 0 };
    let expression = parser.any(0)?;
    if parser.at == parser.tokens.len() {
        Ok(expression)
    } else {
        Err(Unsupported)
    }
}

impl Expression {
    pub(super) fn holds(&self, subject: &dyn Subject) -> Result<bool, Unsupported> {
        match self {
            Self::All(parts) => {
                let mut all = true;
                for part in parts {
                    all &= part.holds(subject)?;
                }
                Ok(all)
            }
            Self::Any(parts) => {
                let mut any = false;
                for part in parts {
                    any |= part.holds(subject)?;
                }
                Ok(any)
            }
            Self::Not(inner) => Ok(!inner.holds(subject)?),
            Self::Compare {
                field,
                operator,
                value,
            } => {
                let own = subject.field(field)?;
                Ok(match operator {
                    Operator::Equal => own.is_some_and(|own| own.eq_ignore_ascii_case(value)),
                    Operator::NotEqual => own.is_none_or(|own| !own.eq_ignore_ascii_case(value)),
                    Operator::AtLeast => own.is_some_and(|own| own.as_str() >= value.as_str()),
                    Operator::AtMost => own.is_some_and(|own| own.as_str() <= value.as_str()),
                })
            }
            Self::In { field, values } => {
                let own = subject.field(field)?;
                Ok(own
                    .is_some_and(|own| values.iter().any(|value| own.eq_ignore_ascii_case(value))))
            }
            Self::Call { name, arguments } => match (name.as_str(), arguments.as_slice()) {
                ("substringof", [Argument::Text(part), Argument::Field(field)])
                | ("contains", [Argument::Field(field), Argument::Text(part)]) => Ok(subject
                    .field(field)?
                    .is_some_and(|own| own.to_lowercase().contains(&part.to_lowercase()))),
                ("startswith", [Argument::Field(field), Argument::Text(part)]) => Ok(subject
                    .field(field)?
                    .is_some_and(|own| own.to_lowercase().starts_with(&part.to_lowercase()))),
                _ => subject.call(name, arguments),
            },
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Comma,
    Word(String),
    Text(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, Unsupported> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            ',' => tokens.push(Token::Comma),
            '\'' => {
                let mut value = String::new();
                loop {
                    match letters.next() {
                        // Two quotes inside a text are one.
                        Some('\'') if letters.peek() == Some(&'\'') => {
                            letters.next();
                            value.push('\'');
                        }
                        Some('\'') => break,
                        Some(other) => value.push(other),
                        None => return Err(Unsupported),
                    }
                }
                tokens.push(Token::Text(value));
            }
            other if other.is_whitespace() => {}
            other => {
                let mut word = String::from(other);
                while let Some(next) =
                    letters.next_if(|next| !next.is_whitespace() && !"(),'".contains(*next))
                {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn accept_word(&mut self, wanted: &str) -> bool {
        let fits = matches!(self.tokens.get(self.at), Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted));
        if fits {
            self.at += 1;
        }
        fits
    }

    fn accept(&mut self, wanted: &Token) -> bool {
        let fits = self.tokens.get(self.at) == Some(wanted);
        if fits {
            self.at += 1;
        }
        fits
    }

    fn any(&mut self, depth: usize) -> Result<Expression, Unsupported> {
        let mut parts = vec![self.all(depth)?];
        while self.accept_word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(one_or(parts, Expression::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Expression, Unsupported> {
        let mut parts = vec![self.single(depth)?];
        while self.accept_word("and") {
            parts.push(self.single(depth)?);
        }
        Ok(one_or(parts, Expression::All))
    }

    fn single(&mut self, depth: usize) -> Result<Expression, Unsupported> {
        if depth > DEPTH {
            return Err(Unsupported);
        }
        if self.accept_word("not") {
            return Ok(Expression::Not(Box::new(self.single(depth + 1)?)));
        }
        if self.accept(&Token::Open) {
            let inner = self.any(depth + 1)?;
            return if self.accept(&Token::Close) {
                Ok(inner)
            } else {
                Err(Unsupported)
            };
        }
        let Some(Token::Word(word)) = self.next() else {
            return Err(Unsupported);
        };
        if self.accept(&Token::Open) {
            return Ok(Expression::Call {
                name: word.to_ascii_lowercase(),
                arguments: self.arguments()?,
            });
        }
        let field = word.to_ascii_lowercase();
        if self.accept_word("in") {
            if !self.accept(&Token::Open) {
                return Err(Unsupported);
            }
            let values = self
                .arguments()?
                .into_iter()
                .map(|argument| match argument {
                    Argument::Text(text) | Argument::Field(text) => text,
                })
                .collect();
            return Ok(Expression::In { field, values });
        }
        let operator = match self.next() {
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("eq") => Operator::Equal,
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("ne") => Operator::NotEqual,
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("ge") => Operator::AtLeast,
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("le") => Operator::AtMost,
            _ => return Err(Unsupported),
        };
        match self.next() {
            // A value without quotes is refused, as Azure does: `principalId eq GUID` is a mistake.
            Some(Token::Text(value)) => Ok(Expression::Compare {
                field,
                operator,
                value,
            }),
            _ => Err(Unsupported),
        }
    }

    fn arguments(&mut self) -> Result<Vec<Argument>, Unsupported> {
        let mut arguments = Vec::new();
        if self.accept(&Token::Close) {
            return Ok(arguments);
        }
        loop {
            arguments.push(match self.next() {
                Some(Token::Text(text)) => Argument::Text(text),
                Some(Token::Word(word)) => Argument::Field(word.to_ascii_lowercase()),
                _ => return Err(Unsupported),
            });
            if self.accept(&Token::Close) {
                return Ok(arguments);
            }
            if !self.accept(&Token::Comma) {
                return Err(Unsupported);
            }
        }
    }
}

fn one_or(mut parts: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => many(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Thing;

    impl Subject for Thing {
        fn field(&self, name: &str) -> Result<Option<String>, Unsupported> {
            match name {
                "name" => Ok(Some(String::from("stragdev"))),
                "resourcetype" => Ok(Some(String::from("Microsoft.Storage/storageAccounts"))),
                "plan" => Ok(None),
                _ => Err(Unsupported),
            }
        }

        fn call(&self, name: &str, _: &[Argument]) -> Result<bool, Unsupported> {
            if name == "atscope" {
                Ok(true)
            } else {
                Err(Unsupported)
            }
        }
    }

    #[test]
    fn the_forms_that_arm_offers_are_judged() {
        for (text, expected) in [
            ("name eq 'stragdev'", Ok(true)),
            (
                "resourceType EQ 'microsoft.storage/storageaccounts' and name ne 'x'",
                Ok(true),
            ),
            ("substringof('RAG', name)", Ok(true)),
            ("startswith(name,'st') or name eq 'x'", Ok(true)),
            (
                "(name eq 'x' or name eq 'stragdev') and not (name eq 'y')",
                Ok(true),
            ),
            ("name in ('a', 'stragdev')", Ok(true)),
            ("plan ne 'x'", Ok(true)),
            ("plan eq 'x'", Ok(false)),
            ("atScope() and name eq 'nope'", Ok(false)),
            ("name eq 'it''s'", Ok(false)),
            ("colour eq 'red'", Err(Unsupported)),
            ("asTarget()", Err(Unsupported)),
        ] {
            let parsed = parse(text).unwrap();
            assert_eq!(parsed.holds(&Thing), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for text in [
            "",
            "name",
            "name eq",
            "name eq 'x",
            "(name eq 'x'",
            "name eq 'x' and",
            "substringof('a' name)",
            "name like 'x'",
            "name eq stragdev",
        ] {
            assert_eq!(parse(text), Err(Unsupported), "{text}");
        }
        assert_eq!(parse(&"(".repeat(100_000)), Err(Unsupported));
        assert_eq!(parse(&"not ".repeat(100_000)), Err(Unsupported));
    }
}
