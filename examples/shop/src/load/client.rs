//! One visitor's connection to the shop.

use std::error::Error;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;

use super::dice::Dice;
use super::tally::Tally;
use super::visit::{Errand, Visit};

/// What came back for one request.
pub(super) struct Answer {
    pub(super) method: &'static str,
    pub(super) route: &'static str,
    pub(super) status: u16,
    pub(super) took: Duration,
    pub(super) trace_id: Option<String>,
    pub(super) parent_id: Option<String>,
    body: Vec<u8>,
}

#[derive(Deserialize)]
struct Placed {
    order: i64,
    total_cents: i64,
}

/// Makes visits, one after the other.
pub(super) struct Visitor {
    pub(super) http: reqwest::Client,
    pub(super) base: String,
    pub(super) seed: u64,
    pub(super) traced: bool,
    pub(super) no_waits: bool,
}

impl Visitor {
    /// Makes one visit and tallies what came of it.
    pub(super) async fn visit(&self, n: u64, tally: &mut Tally) {
        let visit = Visit::number(self.seed, n);
        if let Err(unanswered) = self.errand(n, &visit, tally).await {
            tally.failures.push(with_causes(&unanswered));
        }
    }

    async fn errand(&self, n: u64, visit: &Visit, tally: &mut Tally) -> Result<(), reqwest::Error> {
        let mut asked = Asked {
            visitor: self,
            n,
            tenant: visit.tenant,
            requests: 0,
            tally,
        };
        match visit.errand {
            Errand::Health => asked.get("/health", "/health").await.map(drop),
            Errand::Wait { .. } if self.no_waits => asked.get("/health", "/health").await.map(drop),
            Errand::Nonsense => asked
                .get("/products", "/products?limit=plenty")
                .await
                .map(drop),
            Errand::Wait { ms } => asked
                .get("/slow", &format!("/slow?ms={ms}"))
                .await
                .map(drop),
            Errand::Look { product } => asked
                .get("/products/{id}", &format!("/products/{product}"))
                .await
                .map(drop),
            Errand::List { limit } => {
                let answer = asked
                    .get("/products", &format!("/products?limit={limit}"))
                    .await?;
                let listed: Vec<serde_json::Value> =
                    serde_json::from_slice(&answer.body).unwrap_or_default();
                asked.tally.products_listed += listed.len() as u64;
                Ok(())
            }
            Errand::Buy {
                product,
                quantity,
                card,
            } => asked.buy(product, quantity, card).await,
        }
    }
}

/// An error and what led to it, in one line.
fn with_causes(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said.push_str(&format!(": {error}"));
        cause = error.source();
    }
    said
}

/// The requests of one visit.
struct Asked<'a> {
    visitor: &'a Visitor,
    n: u64,
    tenant: &'static str,
    requests: u64,
    tally: &'a mut Tally,
}

impl Asked<'_> {
    async fn buy(&mut self, product: u64, quantity: u64, card: &str) -> Result<(), reqwest::Error> {
        let order = json!({ "product": product, "quantity": quantity });
        let answer = self.post("/orders", "/orders", &order).await?;
        let Ok(placed) = serde_json::from_slice::<Placed>(&answer.body) else {
            return Ok(());
        };
        self.tally.ordered(self.tenant, placed.total_cents);
        let path = format!("/orders/{}/checkout", placed.order);
        let paid = self
            .post("/orders/{id}/checkout", &path, &json!({ "card": card }))
            .await?;
        if paid.status == 200 {
            self.tally.cents_paid += placed.total_cents;
        }
        Ok(())
    }

    async fn get(&mut self, route: &'static str, path: &str) -> Result<Answer, reqwest::Error> {
        let request = self
            .visitor
            .http
            .get(format!("{}{path}", self.visitor.base));
        self.send("GET", route, request).await
    }

    async fn post(
        &mut self,
        route: &'static str,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<Answer, reqwest::Error> {
        let request = self
            .visitor
            .http
            .post(format!("{}{path}", self.visitor.base))
            .json(body);
        self.send("POST", route, request).await
    }

    async fn send(
        &mut self,
        method: &'static str,
        route: &'static str,
        mut request: reqwest::RequestBuilder,
    ) -> Result<Answer, reqwest::Error> {
        let (mut trace_id, mut parent_id) = (None, None);
        if self.visitor.traced {
            let (trace, parent) = self.next_ids();
            request = request.header("traceparent", format!("00-{trace}-{parent}-01"));
            (trace_id, parent_id) = (Some(trace), Some(parent));
        }
        let begun = Instant::now();
        let response = request.header("x-tenant", self.tenant).send().await?;
        let status = response.status().as_u16();
        let body = response.bytes().await?.to_vec();
        let answer = Answer {
            method,
            route,
            status,
            took: begun.elapsed(),
            trace_id,
            parent_id,
            body,
        };
        self.tally.answered(self.tenant, &answer);
        Ok(answer)
    }

    /// A trace id and a span id that no other request of this run has.
    fn next_ids(&mut self) -> (String, String) {
        self.requests += 1;
        let mut dice = Dice::new(self.visitor.seed, self.n.wrapping_mul(4) + self.requests);
        let high = dice.next();
        (
            format!("{high:016x}{:016x}", dice.next()),
            format!("{:016x}", dice.next() | 1),
        )
    }
}
