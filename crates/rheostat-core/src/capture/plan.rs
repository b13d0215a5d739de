//! Which fields of a callsite go into which slots.

use crate::callsite::Callsite;
use crate::names::NameId;

/// The position of a captured value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId(pub u16);

const NO_SLOT: u16 = u16::MAX;

/// What of a callsite's fields is captured, and what a span remembers of it.
#[derive(Debug, Default)]
pub struct CapturePlan {
    /// By field index.
    slot_of: Box<[u16]>,
    /// By slot.
    slots: Box<[Slot]>,
    /// Whether some slots are filled only once the record has passed.
    is_staged: bool,
    /// Whether conditions or limits read any.
    has_judged: bool,
    /// The slot of the message.
    message: Option<u16>,
    /// The most bytes of one captured value.
    limit: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    field: u16,
    name: NameId,
    kept: bool,
    /// Whether a condition or a limit reads it.
    judged: bool,
    /// Whether it is surely formatted: a message always is.
    formats: bool,
}

impl CapturePlan {
    /// Whether nothing is captured, so that no field need be visited.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// How many slots there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether some slots are filled only once the record has passed.
    #[inline]
    pub(crate) fn is_staged(&self) -> bool {
        self.is_staged
    }

    /// Whether conditions or limits read any slot.
    pub(crate) fn has_judged(&self) -> bool {
        self.has_judged
    }

    pub(crate) fn is_judged(&self, slot: usize) -> bool {
        self.slots[slot].judged
    }

    /// The most bytes of one captured value.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// The slot of the message, where it is captured.
    #[inline]
    pub(crate) fn message(&self) -> Option<usize> {
        self.message.map(usize::from)
    }

    /// The slot of a field, by its index.
    #[inline]
    pub(crate) fn slot_of(&self, field: usize) -> Option<usize> {
        let slot = *self.slot_of.get(field)?;
        (slot != NO_SLOT).then_some(usize::from(slot))
    }

    /// The index of the field that a slot holds.
    pub fn field_of(&self, slot: SlotId) -> Option<usize> {
        Some(usize::from(self.slots.get(usize::from(slot.0))?.field))
    }

    /// What a span remembers: slots and names.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (usize, NameId)> {
        self.slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| slot.kept)
            .map(|(at, slot)| (at, slot.name))
    }

    /// The slot that holds a name.
    pub(crate) fn slot_named(&self, name: NameId) -> Option<usize> {
        self.slots.iter().position(|slot| slot.name == name)
    }

    /// The indices of the fields that are captured.
    pub fn fields(&self) -> impl Iterator<Item = usize> {
        self.slots.iter().map(|slot| usize::from(slot.field))
    }
}

/// Collects what the parts of a callsite's plan need.
#[derive(Debug)]
pub struct CaptureBuilder {
    slot_of: Vec<u16>,
    slots: Vec<Slot>,
    judging: bool,
}

impl CaptureBuilder {
    /// Nothing captured yet.
    pub fn new(callsite: &Callsite) -> Self {
        Self {
            slot_of: vec![NO_SLOT; callsite.fields.len()],
            slots: Vec::new(),
            judging: false,
        }
    }

    /// The slot of a field, by its index, given now if it has none yet.
    pub fn slot(&mut self, callsite: &Callsite, field: usize) -> SlotId {
        if self.slot_of[field] == NO_SLOT {
            // A callsite has far fewer fields than slots have numbers: `tracing` caps them at 32 by its
            // macros and a position is an index of a static list.
            self.slot_of[field] = u16::try_from(self.slots.len()).unwrap_or(NO_SLOT - 1);
            self.slots.push(Slot {
                field: u16::try_from(field).unwrap_or(NO_SLOT - 1),
                name: NameId::of(callsite.fields[field]),
                kept: false,
                judged: false,
                formats: callsite.fields[field] == "message",
            });
        }
        let slot = self.slot_of[field];
        self.slots[usize::from(slot)].judged |= self.judging;
        SlotId(slot)
    }

    /// Makes a span remember a field.
    pub fn keep(&mut self, callsite: &Callsite, field: usize) {
        let slot = self.slot(callsite, field);
        self.slots[usize::from(slot.0)].kept = true;
    }

    /// Makes a span remember everything that is captured.
    pub fn keep_all(&mut self) {
        for slot in &mut self.slots {
            slot.kept = true;
        }
    }

    /// Whether slots asked for from now on are read by conditions or limits.
    pub fn judging(&mut self, judging: bool) {
        self.judging = judging;
    }

    /// What was collected; a value is cut at so many bytes.
    ///
    /// What only outputs read is then taken once the record has passed: formatting a value costs far more than
    /// the few nanoseconds a field that a second visit does. Where conditions read fields too, and little else
    /// is wanted, one visit is the cheaper way.
    pub fn finish(self, limit: usize) -> CapturePlan {
        let has_judged = self.slots.iter().any(|slot| slot.judged);
        let rest = self.slots.iter().filter(|slot| !slot.judged);
        let (many, formats) = (
            rest.clone().count() > 2,
            rest.clone().any(|slot| slot.formats),
        );
        CapturePlan {
            is_staged: rest.clone().next().is_some() && (!has_judged || many || formats),
            has_judged,
            message: self
                .slots
                .iter()
                .position(|slot| slot.formats)
                .and_then(|slot| u16::try_from(slot).ok()),
            limit,
            slot_of: if self.slots.is_empty() {
                Box::default()
            } else {
                self.slot_of.into()
            },
            slots: self.slots.into(),
        }
    }
}
