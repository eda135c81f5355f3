namespace ProbNet.Graph;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw (Parallel random numbers: as easy as 1, 2, 3; SC 2011), and the
/// exact mapping from counters to numbers that every backend shares.
/// <para>Counter: (block, low 32 bits of draw, low 32 bits of step + 0x9E3779B9 times the high 32 bits of draw, stream). Key: (low 32 bits of seed, high 32 bits of seed).
/// A draw of a data row has the row below and the draw above.</para>
/// <para>Element e of a draw's event, from the words w0 … w3 of a block:</para>
/// <list type="bullet">
/// <item>F32 uniform: block e/4, word e%4: <see cref="UniformF32"/>.</item>
/// <item>F64 uniform: block e/2, words 2(e%2) and 2(e%2)+1: <see cref="UniformF64"/>.</item>
/// <item>F32 normal: Box and Muller (1958) on the uniforms (u, v) of the words (w0, w1) and (w2, w3) of block e/4; F64 normal: on the uniforms
/// of the elements (2j, 2j+1), which share block j. The even element of a pair is sqrt(-2 log u) cos(2 pi v), the odd one sqrt(-2 log u)
/// sin(2 pi v); computed in double and rounded.</item>
/// <item>Sign: block e/128, bit e%32 of word (e%128)/32: +1 where set, else -1.</item>
/// <item>Gamma, Poisson and binomial: <see cref="RandomDraws"/>; block e, the key's high word exclusive-or 0x9E3779B9 times the attempt.</item>
/// </list>
/// </summary>
public static class Philox
{
    private const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;

    /// <summary>The four output words of one block.</summary>
    public readonly record struct Words(uint W0, uint W1, uint W2, uint W3)
    {
        /// <summary>Word <paramref name="index"/>, 0 to 3.</summary>
        public uint this[int index] => index switch
        {
            0 => W0,
            1 => W1,
            2 => W2,
            3 => W3,
            _ => throw new ArgumentOutOfRangeException(nameof(index)),
        };
    }

    /// <summary>The bijection itself: ten rounds on counter (c0, c1, c2, c3) under key (k0, k1).</summary>
    public static Words Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)M0 * c0, p1 = (ulong)M1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += W0;
            k1 += W1;
        }
        return new(c0, c1, c2, c3);
    }

    /// <summary>The words of one block of a draw.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="step">The step; its low 32 bits count.</param>
    /// <param name="draw">The draw.</param>
    /// <param name="stream">The stream, one per site and purpose.</param>
    /// <param name="block">The block within the draw.</param>
    /// <param name="attempt">The attempt of a rejection sampler; 0 elsewhere.</param>
    public static Words At(long seed, long step, long draw, uint stream, uint block, uint attempt = 0) =>
        Block(block, (uint)draw, StepWord(step, draw), stream, (uint)seed, (uint)(seed >> 32) ^ (attempt * 0x9E3779B9u));

    /// <summary>The counter's third word. The multiplier is odd and near 2^32 over the golden ratio, so that steps and draws of one row do not meet unless they are far apart.</summary>
    public static uint StepWord(long step, long draw) => (uint)step + (uint)(draw >> 32) * 0x9E3779B9u;

    /// <summary>
    /// The uniform ((word >> 9) + 1/2) 2^-23. With one bit more the half would not be representable and the largest value would round to 1; this
    /// form is exact in single precision, symmetric about 1/2 and never 0 or 1.
    /// </summary>
    public static float UniformF32(uint word) => ((word >> 9) + 0.5f) * (1f / (1 << 23));

    /// <summary>
    /// The uniform ((bits >> 12) + 1/2) 2^-52 of the 64 bits with <paramref name="high"/> above <paramref name="low"/>; exact in double precision, never 0 or 1.
    /// </summary>
    public static double UniformF64(uint high, uint low) => (((((ulong)high << 32) | low) >> 12) + 0.5) * (1.0 / (1L << 52));

    /// <summary>Two independent standard normals from two uniforms on (0, 1): sqrt(-2 log u) times cosine and sine of 2 pi v.</summary>
    public static (double Cosine, double Sine) BoxMuller(double u, double v)
    {
        var radius = Math.Sqrt(-2 * Math.Log(u));
        var (sine, cosine) = double.SinCosPi(2 * v);
        return (radius * cosine, radius * sine);
    }
}
