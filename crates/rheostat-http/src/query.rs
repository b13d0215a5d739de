//! What stands behind the path of a request: `?name=value&name=value`.

/// A path, and parameters that are escaped as they are added.
pub struct Query(String);

impl Query {
    /// The path without parameters.
    pub fn of(path: &str) -> Self {
        Self(path.to_owned())
    }

    /// With one more parameter.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        self.0.push_str(name);
        self.0.push('=');
        escape(value, &mut self.0);
        self
    }

    /// With one more parameter, if there is a value.
    pub fn with_any(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// As it stands in a request.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn escape(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            other => {
                out.push('%');
                out.push(char::from(HEX[usize::from(other >> 4)]));
                out.push(char::from(HEX[usize::from(other & 15)]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped() {
        let query = Query::of("/write")
            .with("db", "a b&c=ü")
            .with_any("rp", None);
        assert_eq!(
            query.with("p", "ns").as_str(),
            "/write?db=a%20b%26c%3D%C3%BC&p=ns"
        );
    }
}
