/// MD5, SHA-1 and SHA-256, for `hashlib`: messages in blocks of 64 bytes. SHA-512 is ``SHA512``.
enum Digests {
  /// The bytes of a digest; `nil` where the name is of none.
  static func digest(_ name: String, _ message: [UInt8]) -> [UInt8]? {
    switch name {
    case "md5":
      run(message, isLittle: true, [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476], md5)
    case "sha1":
      run(message, isLittle: false, [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0], sha1)
    case "sha256": run(message, isLittle: false, roots, sha256)
    case "sha512": SHA512.digest(message)
    default: nil
    }
  }

  /// Pads the message and mixes it block by block into the state.
  private static func run(
    _ message: [UInt8], isLittle: Bool, _ start: [UInt32], _ mix: ([UInt32], inout [UInt32]) -> Void
  ) -> [UInt8] {
    var bytes = message
    bytes.append(0x80)
    while bytes.count % 64 != 56 { bytes.append(0) }
    let bits = UInt64(message.count) &* 8
    for k in 0..<8 {
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * (isLittle ? k : 7 - k))))
    }
    var state = start
    for block in stride(from: 0, to: bytes.count, by: 64) {
      let words = (0..<16).map { w in
        (0..<4).reduce(UInt32(0)) { sum, k in
          sum | UInt32(bytes[block + 4 * w + k]) << UInt32(8 * (isLittle ? k : 3 - k))
        }
      }
      var mixed = state
      mix(words, &mixed)
      for k in state.indices { state[k] = state[k] &+ mixed[k] }
    }
    return state.flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * (isLittle ? $0 : 3 - $0))) }
    }
  }

  private static func left(_ x: UInt32, _ n: UInt32) -> UInt32 { (x << n) | (x >> (32 - n)) }
  private static func right(_ x: UInt32, _ n: UInt32) -> UInt32 { (x >> n) | (x << (32 - n)) }

  private static func md5(_ words: [UInt32], _ v: inout [UInt32]) {
    let turns: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]
    for t in 0..<64 {
      let (b, c, d) = (v[1], v[2], v[3])
      let (f, at) =
        switch t / 16 {
        case 0: ((b & c) | (~b & d), t)
        case 1: ((d & b) | (~d & c), (5 * t + 1) % 16)
        case 2: (b ^ c ^ d, (3 * t + 5) % 16)
        default: (c ^ (b | ~d), 7 * t % 16)
        }
      let sum = v[0] &+ f &+ sines[t] &+ words[at]
      v = [d, b &+ left(sum, turns[t / 16][t % 4]), b, c]
    }
  }

  private static func sha1(_ words: [UInt32], _ v: inout [UInt32]) {
    var w = words
    for t in 16..<80 { w.append(left(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1)) }
    for t in 0..<80 {
      let (b, c, d) = (v[1], v[2], v[3])
      let (f, constant): (UInt32, UInt32) =
        switch t / 20 {
        case 0: ((b & c) | (~b & d), 0x5A82_7999)
        case 1: (b ^ c ^ d, 0x6ED9_EBA1)
        case 2: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      v = [left(v[0], 5) &+ f &+ v[4] &+ constant &+ w[t], v[0], left(b, 30), c, d]
    }
  }

  private static func sha256(_ words: [UInt32], _ v: inout [UInt32]) {
    var w = words
    for t in 16..<64 {
      let s0 = right(w[t - 15], 7) ^ right(w[t - 15], 18) ^ (w[t - 15] >> 3)
      let s1 = right(w[t - 2], 17) ^ right(w[t - 2], 19) ^ (w[t - 2] >> 10)
      w.append(w[t - 16] &+ s0 &+ w[t - 7] &+ s1)
    }
    for t in 0..<64 {
      let s1 = right(v[4], 6) ^ right(v[4], 11) ^ right(v[4], 25)
      let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
      let t1 = v[7] &+ s1 &+ choice &+ cubes[t] &+ w[t]
      let s0 = right(v[0], 2) ^ right(v[0], 13) ^ right(v[0], 22)
      let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
      v = [t1 &+ s0 &+ majority, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
    }
  }

  /// The sines of 1 to 64, 32 bits each.
  private static let sines: [UInt32] = [
    0xD76A_A478, 0xE8C7_B756, 0x2420_70DB, 0xC1BD_CEEE, 0xF57C_0FAF, 0x4787_C62A,
    0xA830_4613, 0xFD46_9501, 0x6980_98D8, 0x8B44_F7AF, 0xFFFF_5BB1, 0x895C_D7BE,
    0x6B90_1122, 0xFD98_7193, 0xA679_438E, 0x49B4_0821, 0xF61E_2562, 0xC040_B340,
    0x265E_5A51, 0xE9B6_C7AA, 0xD62F_105D, 0x0244_1453, 0xD8A1_E681, 0xE7D3_FBC8,
    0x21E1_CDE6, 0xC337_07D6, 0xF4D5_0D87, 0x455A_14ED, 0xA9E3_E905, 0xFCEF_A3F8,
    0x676F_02D9, 0x8D2A_4C8A, 0xFFFA_3942, 0x8771_F681, 0x6D9D_6122, 0xFDE5_380C,
    0xA4BE_EA44, 0x4BDE_CFA9, 0xF6BB_4B60, 0xBEBF_BC70, 0x289B_7EC6, 0xEAA1_27FA,
    0xD4EF_3085, 0x0488_1D05, 0xD9D4_D039, 0xE6DB_99E5, 0x1FA2_7CF8, 0xC4AC_5665,
    0xF429_2244, 0x432A_FF97, 0xAB94_23A7, 0xFC93_A039, 0x655B_59C3, 0x8F0C_CC92,
    0xFFEF_F47D, 0x8584_5DD1, 0x6FA8_7E4F, 0xFE2C_E6E0, 0xA301_4314, 0x4E08_11A1,
    0xF753_7E82, 0xBD3A_F235, 0x2AD7_D2BB, 0xEB86_D391,
  ]
  /// The fractional parts of the square roots of the first primes, 32 bits each.
  private static let roots: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C,
    0x1F83_D9AB, 0x5BE0_CD19,
  ]
  /// The fractional parts of the cube roots of the first 64 primes, 32 bits each.
  private static let cubes: [UInt32] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1,
    0x923F_82A4, 0xAB1C_5ED5, 0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3,
    0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174, 0xE49B_69C1, 0xEFBE_4786,
    0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147,
    0x06CA_6351, 0x1429_2967, 0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13,
    0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85, 0xA2BF_E8A1, 0xA81A_664B,
    0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A,
    0x5B9C_CA4F, 0x682E_6FF3, 0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208,
    0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
  ]
}
