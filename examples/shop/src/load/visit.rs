//! What one visitor asks for.

use super::dice::Dice;

/// The names customers go by.
const TENANTS: [&str; 4] = ["acme", "globex", "initech", "public"];

/// One visit: one request, or two where an order is paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    pub(super) tenant: &'static str,
    pub(super) errand: Errand,
}

/// What the visitor came for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    Health,
    /// Lists at most so many products.
    List {
        limit: u64,
    },
    /// Asks for a list in a way that the shop rejects.
    Nonsense,
    Look {
        product: u64,
    },
    /// Places an order and, if that worked, pays with this card.
    Buy {
        product: u64,
        quantity: u64,
        card: &'static str,
    },
    Wait {
        ms: u64,
    },
}

impl Visit {
    /// The visit that this seed and number stand for.
    pub(super) fn number(seed: u64, n: u64) -> Self {
        let mut dice = Dice::new(seed, n);
        let tenant = TENANTS[dice.below(TENANTS.len() as u64) as usize];
        let errand = match dice.below(100) {
            0..10 => Errand::Health,
            10..35 => Errand::List {
                limit: 5 + dice.below(60),
            },
            35..38 => Errand::Nonsense,
            // Products 61 to 64 do not exist.
            38..65 => Errand::Look {
                product: 1 + dice.below(64),
            },
            65..98 => Errand::Buy {
                product: 1 + dice.below(61),
                quantity: 1 + dice.below(8),
                card: if dice.below(5) == 0 {
                    "4242 0000"
                } else {
                    "4242 1881"
                },
            },
            _ => Errand::Wait {
                ms: 10 + dice.below(30),
            },
        };
        Self { tenant, errand }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_errand_occurs_within_a_few_hundred_visits() {
        let visits: Vec<Visit> = (0..400).map(|n| Visit::number(1, n)).collect();
        let seen = |wanted: fn(&Errand) -> bool| visits.iter().any(|v| wanted(&v.errand));
        assert!(seen(|e| matches!(e, Errand::Health)));
        assert!(seen(|e| matches!(e, Errand::List { .. })));
        assert!(seen(|e| matches!(e, Errand::Nonsense)));
        assert!(seen(
            |e| matches!(e, Errand::Look { product } if *product > 60)
        ));
        assert!(seen(|e| matches!(e, Errand::Buy { product: 7, .. })));
        assert!(seen(|e| matches!(e, Errand::Buy { product: 13, .. })));
        assert!(seen(|e| matches!(
            e,
            Errand::Buy {
                card: "4242 0000",
                ..
            }
        )));
        assert!(seen(|e| matches!(e, Errand::Wait { .. })));
    }
}
