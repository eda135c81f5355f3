namespace ProbNet.Backends.Torch;

/// <summary>Philox4x32-10 and the draws made of its words in one go; words are 64-bit integers below 2^32.</summary>
/// <remarks>Products of two words wrap to the right 64 bits; a shift of a negative number brings in ones, which a mask takes away.</remarks>
internal static class PreludeRandom
{
    public static PreludeFunction[] Functions =>
    [
        // Four words [d, b] for draws [d] and blocks [b] of a stream. Source: Salmon, Moraes, Dror and Shaw, SC 2011.
        new("philox", """
            def philox(seed: Tensor, step: Tensor, draw: Tensor, stream: int, blocks: int, attempt: int) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
                mask = 4294967295
                d = draw.unsqueeze(-1)
                c0 = torch.arange(blocks, dtype=4, device=seed.device).unsqueeze(0)
                c1 = d & mask
                c2 = (step + ((d >> 32) & mask) * 2654435769) & mask
                c3 = torch.full_like(seed, stream)
                k0 = seed & mask
                k1 = ((seed >> 32) & mask) ^ ((attempt * 2654435769) & mask)
                for i in range(10):
                    p0 = c0 * 3528531795
                    p1 = c2 * 3449720151
                    c0 = ((p1 >> 32) & mask) ^ c1 ^ k0
                    c1 = p1 & mask
                    c2 = ((p0 >> 32) & mask) ^ c3 ^ k1
                    c3 = p0 & mask
                    k0 = (k0 + 2654435769) & mask
                    k1 = (k1 + 3144134277) & mask
                return c0, c1, c2, c3
            """),
        new("words_f64", """
            def words_f64(high: Tensor, low: Tensor) -> Tensor:
                return (((high << 20) | (low >> 12)).to(7) + 0.5) * 2.220446049250313e-16
            """),
        // Uniforms in single precision of all words of enough blocks for some elements: [d, 4 blocks].
        new("blocks_f32", """
            def blocks_f32(seed: Tensor, step: Tensor, draw: Tensor, stream: int, size: int) -> Tensor:
                blocks = (size + 3) // 4
                w0, w1, w2, w3 = philox(seed, step, draw, stream, blocks, 0)
                words = torch.stack([w0, w1, w2, w3], -1).reshape([draw.size(0), 4 * blocks])
                return ((words >> 9).to(6) + 0.5) * 1.1920928955078125e-07
            """, "philox"),
        new("blocks_f64", """
            def blocks_f64(seed: Tensor, step: Tensor, draw: Tensor, stream: int, size: int) -> Tensor:
                blocks = (size + 1) // 2
                w0, w1, w2, w3 = philox(seed, step, draw, stream, blocks, 0)
                return torch.stack([words_f64(w0, w1), words_f64(w2, w3)], -1).reshape([draw.size(0), 2 * blocks])
            """, "philox", "words_f64"),
        new("uniform_f32", """
            def uniform_f32(seed: Tensor, step: Tensor, draw: Tensor, stream: int, size: int) -> Tensor:
                return blocks_f32(seed, step, draw, stream, size)[:, :size]
            """, "blocks_f32"),
        new("uniform_f64", """
            def uniform_f64(seed: Tensor, step: Tensor, draw: Tensor, stream: int, size: int) -> Tensor:
                return blocks_f64(seed, step, draw, stream, size)[:, :size]
            """, "blocks_f64"),
        // Two normals of two uniforms by Box and Muller, in double precision. The angle 2 pi v is taken from the nearest quarter turn, exactly.
        new("box_muller", """
            def box_muller(u: Tensor, v: Tensor) -> Tuple[Tensor, Tensor]:
                radius = torch.sqrt(torch.log(u) * -2.0)
                quarter = torch.floor(v * 4.0 + 0.5)
                angle = (v - quarter * 0.25) * 6.283185307179586
                c = torch.cos(angle)
                s = torch.sin(angle)
                odd = torch.logical_or(quarter == 1, quarter == 3)
                cosine = torch.where(odd, s, c)
                sine = torch.where(odd, c, s)
                cosine = torch.where(torch.logical_or(quarter == 1, quarter == 2), -cosine, cosine)
                sine = torch.where(torch.logical_or(quarter == 2, quarter == 3), -sine, sine)
                return radius * cosine, radius * sine
            """),
        new("normals", """
            def normals(uniforms: Tensor, size: int) -> Tensor:
                pairs = uniforms.reshape([uniforms.size(0), uniforms.size(1) // 2, 2])
                cosine, sine = box_muller(pairs[:, :, 0], pairs[:, :, 1])
                return torch.stack([cosine, sine], -1).reshape([uniforms.size(0), uniforms.size(1)])[:, :size]
            """, "box_muller"),
        new("normal_f32", """
            def normal_f32(seed: Tensor, step: Tensor, draw: Tensor, stream: int, size: int) -> Tensor:
                return normals(blocks_f32(seed, step, draw, stream, size).to(7), size).to(6)
            """, "blocks_f32", "normals"),
        new("normal_f64", """
            def normal_f64(seed: Tensor, step: Tensor, draw: Tensor, stream: int, size: int) -> Tensor:
                return normals(blocks_f64(seed, step, draw, stream, size), size)
            """, "blocks_f64", "normals"),
        // One bit an element, as integers.
        new("random_sign", """
            def random_sign(seed: Tensor, step: Tensor, draw: Tensor, stream: int, size: int) -> Tensor:
                blocks = (size + 127) // 128
                w0, w1, w2, w3 = philox(seed, step, draw, stream, blocks, 0)
                bits = (torch.stack([w0, w1, w2, w3], -1).unsqueeze(-1) >> torch.arange(32, dtype=4, device=seed.device)) & 1
                return (bits * 2 - 1).reshape([draw.size(0), 128 * blocks])[:, :size]
            """, "philox"),
    ];
}
