//! Mu-law, the sound of telephones: 8 bits that hold what 14 would (ITU-T G.711).

/// The byte for a sample of 16 bits.
pub fn encode(sample: i16) -> u8 {
    let magnitude = sample.unsigned_abs().min(CLIP) + BIAS;
    // The bias makes the highest bit of every magnitude one of eight.
    let segment = u16::try_from((magnitude >> 7).ilog2()).unwrap_or_default();
    let step = (magnitude >> (segment + 3)) & 0xf;
    let sign = if sample < 0 { 0x80 } else { 0 };
    let [_, code] = (sign | step | segment << 4).to_be_bytes();
    // The bits are sent inverted, so that silence is not a row of zeros.
    !code
}

/// The sample of 16 bits for a byte.
pub fn decode(byte: u8) -> i16 {
    let code = i16::from(!byte);
    let segment = (code >> 4) & 0x7;
    // The greatest is 32124, so that the sign fits.
    let magnitude = (((code & 0xf) << 3) + BIAS.cast_signed()) << segment;
    let magnitude = magnitude.wrapping_sub(BIAS.cast_signed());
    if code & 0x80 == 0 { magnitude } else { -magnitude }
}

/// Bytes for samples.
pub fn encode_all(samples: &[i16]) -> Vec<u8> {
    samples.iter().map(|sample| encode(*sample)).collect()
}

/// Samples for bytes.
pub fn decode_all(bytes: &[u8]) -> Vec<i16> {
    bytes.iter().map(|byte| decode(*byte)).collect()
}

/// The byte of silence.
pub const SILENCE: u8 = 0xff;

const BIAS: u16 = 0x84;
const CLIP: u16 = 32_635;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_of_g711_are_met() {
        for (byte, sample) in [(0x00, -32124), (0x80, 32124), (0xff, 0), (0x7f, 0), (0xfe, 8), (0x8f, 16764)]
        {
            assert_eq!(decode(byte), sample, "{byte:#x}");
        }
        assert_eq!((encode(0), encode(i16::MIN), encode(i16::MAX)), (SILENCE, 0x00, 0x80));
    }

    #[test]
    fn every_byte_survives_but_the_other_zero() {
        for byte in (0..=u8::MAX).filter(|byte| *byte != 0x7f) {
            assert_eq!(encode(decode(byte)), byte);
        }
    }

    #[test]
    fn every_sample_comes_back_as_near_as_its_segment_allows() {
        for sample in i16::MIN..=i16::MAX {
            let back = i32::from(decode(encode(sample)));
            let sample = i32::from(sample).clamp(-i32::from(CLIP), i32::from(CLIP));
            assert!((back - sample).abs() <= (sample.abs() + i32::from(BIAS)) / 32 + 1, "{sample} {back}");
        }
    }
}
