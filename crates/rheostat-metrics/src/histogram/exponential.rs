//! Exponential buckets: eight to each power of two, made where values fall.
//!
//! An *octave* is the range above one power of two up to the next. The first value
//! in an octave makes a block of eight cells for it, so a distribution costs only
//! the octaves it touches. Up to [`NEAR`] of them are found in the series itself, up to
//! [`FAR`] more in memory that only wide distributions have; values beyond those are
//! counted in coarse buckets of sixteen octaves. Bounds of coarser buckets are bounds
//! of finer ones too, so whatever is shown is exact at its resolution.

use std::sync::OnceLock;

use once_cell::race::OnceBox;

use super::native::{Counts, NativeHistogram};
use crate::bank::{Cells, Lane, Own, Storage, Writer};
use crate::sync::{AtomicU64, Ordering};

/// How many octaves a series finds at once: those that differ by less share no place.
const NEAR: usize = 8;

/// How many more it can count finely, both signs together.
const FAR: usize = 24;

/// How many buckets divide an octave.
const PARTS: u32 = 8;

/// Up to here, either way from zero, a value counts as zero.
pub(super) const ZERO: f64 = 1.0 / (1_u128 << 127) as f64 / 2.0;

/// The octave of the smallest value that is not zero.
const LOWEST: i32 = -128;

/// How many octaves a coarse bucket spans, and how many of those there are.
const COARSE_OCTAVES: i32 = 16;
const COARSE: u32 = ((1024 - LOWEST) / COARSE_OCTAVES) as u32;

const MANTISSA: u64 = (1 << 52) - 1;

/// The mantissas of 2^(1/8) to 2^(7/8), rounded as an `f64` is.
const BOUNDS: [u64; 7] = [
    0x172b83c7d517b,
    0x306fe0a31b715,
    0x4bfdad5362a27,
    0x6a09e667f3bcd,
    0x8ace5422aa0db,
    0xae89f995ad3ad,
    0xd5818dcfba487,
];

/// By the highest bits of a mantissa: how many bounds lie below all that begin so. Between two such
/// beginnings lies one bound at most.
const BELOW: [u8; 1 << LOOK] = below();
const LOOK: u32 = 4;

const fn below() -> [u8; 1 << LOOK] {
    let mut table = [0; 1 << LOOK];
    let mut at = 0;
    while at < table.len() {
        let start = (at as u64) << (52 - LOOK);
        let mut bound = 0;
        while bound < BOUNDS.len() && BOUNDS[bound] <= start {
            bound += 1;
        }
        table[at] = bound as u8;
        at += 1;
    }
    table
}

/// Where the fine and coarse counts of one series are.
pub(crate) struct Exponential {
    // Each is 0, or an octave and its cells. Invariant: one that is not 0 never changes.
    near: [AtomicU64; NEAR],
    // One word: there may be a million of these.
    far: OnceBox<Far>,
}

/// What a distribution has that is wider than most.
struct Far {
    // As in `near`.
    blocks: [AtomicU64; FAR],
    // Coarse cells, positive and negative.
    coarse: [OnceLock<Option<Cells>>; 2],
}

/// An octave and a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Octave {
    power: i32,
    negative: bool,
}

/// Where a value other than zero belongs.
struct Place {
    octave: Octave,
    part: u32,
}

impl Exponential {
    /// As many cells as a series can take for them.
    #[cfg(not(loom))]
    pub(crate) const MOST_CELLS: usize = (NEAR + FAR) * PARTS as usize + 2 * COARSE as usize;

    /// As much memory as one takes besides its cells.
    #[cfg(not(loom))]
    pub(crate) const MOST_BYTES: usize = size_of::<Self>() + size_of::<Far>();

    pub(crate) fn new() -> Self {
        Self {
            near: std::array::from_fn(|_| AtomicU64::new(0)),
            far: OnceBox::new(),
        }
    }

    /// Counts a finite value, so many times; `None` says that it counts as zero.
    #[inline]
    #[must_use]
    pub(crate) fn count(
        &self,
        storage: &Storage,
        writer: Writer<'_>,
        value: f64,
        times: u64,
    ) -> Option<()> {
        let place = Place::of(value)?;
        if let Some(cells) = self.cells(place.octave) {
            writer.add(cells, place.part, times);
        } else {
            self.count_elsewhere(storage, writer, &place, times);
        }
        Some(())
    }

    /// The cells of a value's octave in a bank, and which of them is the value's; `None` where there is more to
    /// do than add.
    #[inline(always)]
    pub(crate) fn lane<'b>(&self, bank: Own<'b>, value: f64) -> Option<(Lane<'b>, usize)> {
        let place = Place::of(value)?;
        let lane = bank.lane(self.cells(place.octave)?)?;
        Some((lane, place.part as usize))
    }

    /// The cells of an octave, where they stand in one of its first places.
    #[inline(always)]
    fn cells(&self, octave: Octave) -> Option<Cells> {
        let near = self.near[octave.place(NEAR)].load(Ordering::Acquire);
        octave.cells(near).or_else(|| {
            let far = &self.far.get()?.blocks[octave.place(FAR)];
            octave.cells(far.load(Ordering::Acquire))
        })
    }

    #[cold]
    fn count_elsewhere(&self, storage: &Storage, writer: Writer<'_>, place: &Place, times: u64) {
        match self.block(storage, place.octave) {
            Some(cells) => writer.add(cells, place.part, times),
            None => {
                let index = ((place.octave.power - LOWEST) / COARSE_OCTAVES) as u32;
                let side = &self.far().coarse[usize::from(place.octave.negative)];
                // Without room even for these the process has billions of cells; the text buckets
                // and the sum hold the value all the same.
                if let Some(cells) = side.get_or_init(|| storage.take(COARSE)) {
                    writer.add(*cells, index, times);
                }
            }
        }
    }

    /// The block of an octave, found or made; `None` when all are given away.
    fn block(&self, storage: &Storage, octave: Octave) -> Option<Cells> {
        let mut made: Option<Cells> = None;
        let near = [&self.near[octave.place(NEAR)]];
        let far = (0..FAR).map(|step| &self.far().blocks[(octave.place(FAR) + step) % FAR]);
        let mut found = None;
        for slot in near.into_iter().chain(far) {
            let mut block = slot.load(Ordering::Acquire);
            if block == 0 {
                let cells = match made {
                    Some(cells) => cells,
                    None => *made.insert(storage.take(PARTS)?),
                };
                // Release: the cells' zeros are there before the block can be found.
                match slot.compare_exchange(
                    0,
                    octave.pack(cells),
                    Ordering::AcqRel,
                    Ordering::Acquire,
                ) {
                    Ok(_) => return Some(cells),
                    Err(now) => block = now,
                }
            }
            found = octave.cells(block);
            if found.is_some() {
                break;
            }
        }
        if let Some(unused) = made {
            storage.give_back(unused);
        }
        found
    }

    fn far(&self) -> &Far {
        self.far.get_or_init(|| {
            Box::new(Far {
                blocks: std::array::from_fn(|_| AtomicU64::new(0)),
                coarse: [OnceLock::new(), OnceLock::new()],
            })
        })
    }

    /// All blocks that were given to an octave.
    fn blocks(&self) -> impl Iterator<Item = (Octave, Cells)> {
        let far = self.far.get().into_iter().flat_map(|far| &far.blocks);
        let all = self.near.iter().chain(far);
        all.filter_map(|block| Octave::unpack(block.load(Ordering::Acquire)))
    }

    /// The coarse cells that were taken, and whether they are for negative values.
    fn coarse(&self) -> impl Iterator<Item = (bool, Cells)> {
        let sides = self.far.get().into_iter().flat_map(|far| &far.coarse);
        let sides = [false, true].into_iter().zip(sides);
        sides.filter_map(|(negative, side)| Some((negative, (*side.get()?)?)))
    }

    /// What was counted, `zero` being the count of what counts as zero.
    pub(crate) fn read(&self, storage: &Storage, zero: u64) -> NativeHistogram {
        let mut counts = Counts::default();
        for (octave, cells) in self.blocks() {
            for part in 0..PARTS {
                let bucket = octave.power * PARTS as i32 + part as i32 + 1;
                counts.add_fine(octave.negative, bucket, storage.sum(cells, part));
            }
        }
        for (negative, cells) in self.coarse() {
            for index in 0..COARSE {
                let bucket = index as i32 + LOWEST / COARSE_OCTAVES + 1;
                counts.add_coarse(negative, bucket, storage.sum(cells, index));
            }
        }
        counts.shown(zero)
    }

    /// Every run of cells that was taken for this series.
    pub(crate) fn runs(&self) -> impl Iterator<Item = Cells> {
        let blocks = self.blocks().map(|(_, cells)| cells);
        blocks.chain(self.coarse().map(|(_, cells)| cells))
    }
}

impl Place {
    /// `None` for what counts as zero.
    #[inline]
    fn of(value: f64) -> Option<Self> {
        if value.abs() <= ZERO {
            return None;
        }
        // A bucket holds its upper bound. One bit less moves each bound into the bucket below it, where
        // exponent and mantissa can be read off.
        let bits = value.abs().to_bits() - 1;
        let mantissa = bits & MANTISSA;
        Some(Self {
            octave: Octave {
                power: (bits >> 52) as i32 - 1023,
                negative: value < 0.0,
            },
            part: part(mantissa),
        })
    }
}

/// How many bounds are not above a mantissa.
#[inline(always)]
fn part(mantissa: u64) -> u32 {
    let below = BELOW[(mantissa >> (52 - LOOK)) as usize & ((1 << LOOK) - 1)];
    // Beyond the last bound nothing is reached.
    let next = BOUNDS.get(usize::from(below)).copied().unwrap_or(u64::MAX);
    u32::from(below) + u32::from(mantissa >= next)
}

impl Octave {
    /// The cells that a block names, if it is this octave's.
    #[inline]
    fn cells(self, block: u64) -> Option<Cells> {
        (block >> 40 == self.number()).then(|| Cells::unpack(block & ((1 << 40) - 1), PARTS))
    }

    /// Where it is looked for first, of so many places.
    #[inline]
    fn place(self, of: usize) -> usize {
        (self.power - LOWEST) as usize % of
    }

    fn pack(self, cells: Cells) -> u64 {
        self.number() << 40 | cells.pack()
    }

    fn unpack(block: u64) -> Option<(Self, Cells)> {
        // An empty block has no octave.
        let number = (block >> 40).checked_sub(1)?;
        let octave = Self {
            power: (number >> 1) as i32 + LOWEST,
            negative: number & 1 == 1,
        };
        Some((octave, Cells::unpack(block & ((1 << 40) - 1), PARTS)))
    }

    /// Never zero.
    #[inline]
    fn number(self) -> u64 {
        (((self.power - LOWEST) as u64) << 1 | u64::from(self.negative)) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bucket at the finest resolution, as Prometheus numbers them.
    fn fine(value: f64) -> Option<i32> {
        Place::of(value).map(|place| place.octave.power * 8 + place.part as i32 + 1)
    }

    #[test]
    fn a_power_of_two_is_the_upper_bound_of_its_bucket() {
        assert_eq!(fine(1.0), Some(0));
        assert_eq!(fine(2.0), Some(8));
        assert_eq!(fine(1.000_000_1), Some(1));
        assert_eq!(fine(0.5), Some(-8));
    }

    #[test]
    fn the_bounds_between_powers_are_the_roots_of_two() {
        for part in 1..8 {
            let bound = 2_f64.powf(f64::from(part) / 8.0);
            assert_eq!(bound.to_bits() & MANTISSA, BOUNDS[part as usize - 1]);
            assert_eq!(fine(bound), Some(part));
            assert_eq!(fine(bound.next_up()), Some(part + 1));
        }
    }

    #[test]
    fn a_part_is_how_many_bounds_are_not_above() {
        let counted = |mantissa: u64| BOUNDS.iter().filter(|bound| mantissa >= **bound).count();
        let near = BOUNDS
            .iter()
            .flat_map(|bound| [bound - 1, *bound, bound + 1]);
        let even = (0..4096).map(|step| step << 40);
        for mantissa in near.chain(even).chain([MANTISSA]) {
            assert_eq!(part(mantissa) as usize, counted(mantissa), "{mantissa:x}");
        }
    }

    #[test]
    fn what_is_next_to_nothing_counts_as_zero() {
        assert_eq!(ZERO, 2_f64.powi(-128));
        assert!(Place::of(ZERO).is_none());
        assert!(Place::of(-f64::MIN_POSITIVE).is_none());
        assert_eq!(fine(ZERO.next_up()), Some(-128 * 8 + 1));
    }

    fn counted(values: &[f64]) -> NativeHistogram {
        let storage = Storage::new(1);
        let zero = storage.take(1).expect("there is room");
        let exponential = Exponential::new();
        for value in values {
            let writer = storage.writer();
            if exponential.count(&storage, writer, *value, 1).is_none() {
                writer.add(zero, 0, 1);
            }
        }
        exponential.read(&storage, storage.sum(zero, 0))
    }

    #[test]
    fn both_signs_and_zero_are_counted_apart() {
        let shown = counted(&[1.5, 1.5, -1.5, 0.0]);
        assert_eq!(shown.schema, 3);
        assert_eq!(shown.positive, [(5, 2)]);
        assert_eq!(shown.negative, [(5, 1)]);
        assert_eq!(shown.zero_count, 1);
        assert_eq!(shown.count(), 4);
    }

    #[test]
    fn octaves_that_look_for_the_same_place_are_counted_apart() {
        let apart = |step: i32| 2_f64.powi(step * (NEAR * FAR) as i32 / 4) * 1.5;
        let values = [apart(0), apart(1), apart(2), apart(0), apart(1), apart(0)];
        let shown = counted(&values);
        let counts: Vec<u64> = shown.positive.iter().map(|(_, count)| *count).collect();
        assert_eq!((shown.schema, counts), (3, vec![3, 2, 1]));
    }

    #[test]
    fn octaves_beyond_the_blocks_coarsen_what_is_shown_and_lose_nothing() {
        let values: Vec<f64> = (-100..100).map(|power| 2_f64.powi(power) * 1.1).collect();
        let shown = counted(&values);
        assert_eq!(shown.schema, -4);
        assert_eq!(shown.count(), 200);
        for (bucket, count) in &shown.positive {
            let within = |value: &&f64| {
                **value > 2_f64.powi(16 * (bucket - 1)) && **value <= 2_f64.powi(16 * bucket)
            };
            assert_eq!(values.iter().filter(within).count() as u64, *count);
        }
    }

    #[test]
    fn too_many_fine_buckets_are_halved_and_lose_nothing() {
        let values: Vec<f64> = (0..30 * 8)
            .map(|step| 2_f64.powf(f64::from(step) / 8.0 + 0.01))
            .collect();
        let shown = counted(&values);
        assert_eq!(shown.schema, 2);
        assert_eq!(shown.count(), 240);
        assert!(shown.positive.iter().all(|(_, count)| *count == 2));
    }
}
