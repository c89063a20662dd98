//! Changes to something that is nearly right, which comes further than bytes at random.

/// Applies changes of four bytes each: what, where, how long, and a byte.
pub(crate) fn edited(mut text: Vec<u8>, edits: &[u8]) -> Vec<u8> {
    for edit in edits.chunks_exact(4) {
        let &[what, place, length, byte] = edit else { unreachable!() };
        let from = (usize::from(place) * 256 + usize::from(length)) % (text.len() + 1);
        let to = (from + usize::from(length)).min(text.len());
        match what % 4 {
            0 if from < text.len() => text[from] = byte,
            1 => drop(text.drain(from..to)),
            2 => text.insert(from, byte),
            _ => {
                let part = text[from..to].to_vec();
                let at = usize::from(byte) * 16 % (text.len() + 1);
                text.splice(at..at, part);
            }
        }
    }
    text
}

/// One of the seeds by the first byte of the input, with the changes that the rest of it says.
pub(crate) fn seeded(seeds: &[Vec<u8>], input: &[u8]) -> Vec<u8> {
    let (seed, edits) = input.split_at(input.len().min(1));
    let seed = &seeds[usize::from(seed.first().copied().unwrap_or_default()) % seeds.len()];
    edited(seed.clone(), edits)
}

/// Tries every seed as it is, and then each input both as it is and as up to 16 changes of a seed.
macro_rules! check_seeded {
    ($seeds:expr, $exercise:path) => {{
        for seed in $seeds.iter() {
            $crate::bound::bounded(|| $exercise(seed));
        }
        $crate::bound::check_bytes!(4096, |input| {
            $exercise(input);
            // The length of the input says how many changes, so that few are as likely as many.
            $exercise(&$crate::edit::seeded(&$seeds, &input[..input.len() % 67]));
        });
    }};
}
pub(crate) use check_seeded;
