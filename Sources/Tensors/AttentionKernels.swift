// AttentionKernels - scaled dot-product attention over raw memory, forward and backward.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

func attentionForward(
  qkv: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>,
  probabilities: UnsafeMutablePointer<Float>?, batch: Int, tokens T: Int, heads H: Int,
  headSize S: Int, causal: Bool
) {
  let D = H * S; let scale = 1 / Float(S).squareRoot()
  for b in 0..<batch {
    for h in 0..<H {
      for t in 0..<T {
        let q = qkv + (b * T + t) * 3 * D + h * S
        var p = [Float](repeating: 0, count: T); let lim = causal ? t + 1 : T;
        var mx = -Float.infinity
        for u in 0..<lim {
          let kk = qkv + (b * T + u) * 3 * D + D + h * S; var s: Float = 0;
          for i in 0..<S { s += q[i] * kk[i] }; p[u] = s * scale; mx = max(mx, p[u])
        }
        var tot: Float = 0; for u in 0..<lim { p[u] = exp(p[u] - mx); tot += p[u] }
        for u in 0..<lim { p[u] /= tot }
        if let pr = probabilities { for u in 0..<T { pr[((b * H + h) * T + t) * T + u] = p[u] } }
        let o = out + (b * T + t) * D + h * S; for i in 0..<S { o[i] = 0 }
        for u in 0..<lim {
          let v = qkv + (b * T + u) * 3 * D + 2 * D + h * S; for i in 0..<S { o[i] += p[u] * v[i] }
        }
      }
    }
  }
}
func attentionBackward(
  qkv: UnsafePointer<Float>, probabilities: UnsafePointer<Float>, upstream: UnsafePointer<Float>,
  gradient: UnsafeMutablePointer<Float>, batch: Int, tokens T: Int, heads H: Int, headSize S: Int,
  causal: Bool
) {
  let D = H * S; let scale = 1 / Float(S).squareRoot()
  for i in 0..<batch * T * 3 * D { gradient[i] = 0 }
  for b in 0..<batch {
    for h in 0..<H {
      for t in 0..<T {
        let lim = causal ? t + 1 : T; let pr = probabilities + ((b * H + h) * T + t) * T;
        let g = upstream + (b * T + t) * D + h * S
        var dp = [Float](repeating: 0, count: lim); var dot: Float = 0
        for u in 0..<lim {
          let v = qkv + (b * T + u) * 3 * D + 2 * D + h * S;
          let gv = gradient + (b * T + u) * 3 * D + 2 * D + h * S; var s: Float = 0
          for i in 0..<S { s += g[i] * v[i]; gv[i] += pr[u] * g[i] }; dp[u] = s; dot += s * pr[u]
        }
        let q = qkv + (b * T + t) * 3 * D + h * S; let gq = gradient + (b * T + t) * 3 * D + h * S
        for u in 0..<lim {
          let ds = pr[u] * (dp[u] - dot) * scale; let kk = qkv + (b * T + u) * 3 * D + D + h * S;
          let gk = gradient + (b * T + u) * 3 * D + D + h * S
          for i in 0..<S { gq[i] += ds * kk[i]; gk[i] += ds * q[i] }
        }
      }
    }
  }
}
