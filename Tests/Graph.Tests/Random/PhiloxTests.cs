namespace ProbNet.Graph.Tests;

/// <summary>The generator against published vectors, and the mapping from words to numbers against its written form.</summary>
public sealed class PhiloxTests
{
    // Known answers distributed with the authors' Random123 library for philox4x32, 10 rounds.
    [Fact]
    public void KnownAnswers()
    {
        Assert.Equal(new(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8), Philox.Block(0, 0, 0, 0, 0, 0));
        const uint ones = 0xffffffff;
        Assert.Equal(new(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd), Philox.Block(ones, ones, ones, ones, ones, ones));
        Assert.Equal(new(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1),
            Philox.Block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    [Fact]
    public void CountersStandInTheirPlaces()
    {
        const long seed = (17L << 32) + 5;
        Assert.Equal(Philox.Block(3, 11, 7, 19, 5, 17), Philox.At(seed, step: 7, draw: 11, stream: 19, block: 3));
        Assert.Equal(Philox.Block(3, 0xFFFFFFFF, unchecked(0xFFFFFFFE + 6 * 0x9E3779B9), 19, 5, 17 ^ unchecked(2 * 0x9E3779B9)), Philox.At(seed, -2, (6L << 32) + 0xFFFFFFFF, 19, 3, attempt: 2));
    }

    [Fact]
    public void UniformsAreExactAndOpen()
    {
        Assert.Equal(MathF.ScaleB(1, -24), Philox.UniformF32(0));
        Assert.Equal(1 - MathF.ScaleB(1, -24), Philox.UniformF32(uint.MaxValue));
        Assert.Equal(1f, Philox.UniformF32(0x12345678) + Philox.UniformF32(~0x12345678u));
        Assert.Equal(Math.ScaleB(1, -53), Philox.UniformF64(0, 0));
        Assert.Equal(1 - Math.ScaleB(1, -53), Philox.UniformF64(uint.MaxValue, uint.MaxValue));
        Assert.Equal((0x12345678 * Math.ScaleB(1, 20) + (0x9ABCDEF0u >> 12) + 0.5) * Math.ScaleB(1, -52), Philox.UniformF64(0x12345678, 0x9ABCDEF0));
    }

    [Fact]
    public void ElementsTakeTheirWords()
    {
        const long seed = 23, step = 3, draw = 41;
        var first = Philox.At(seed, step, draw, 7, 0);
        var second = Philox.At(seed, step, draw, 7, 1);
        var single = Draw(OpCode.RandomUniform, DType.F32, 7);
        Assert.Equal(Philox.UniformF32(first.W3), single[3]);
        Assert.Equal(Philox.UniformF32(second.W1), single[5]);
        var wide = Draw(OpCode.RandomUniform, DType.F64, 5);
        Assert.Equal(Philox.UniformF64(first.W2, first.W3), wide[1]);
        Assert.Equal(Philox.UniformF64(second.W0, second.W1), wide[2]);
        var normal = Draw(OpCode.RandomNormal, DType.F32, 7);
        Assert.Equal((float)(Math.Sqrt(-2 * Math.Log(single[2])) * Math.Cos(2 * Math.PI * single[3])), normal[2], 1e-6);
        Assert.Equal((float)(Math.Sqrt(-2 * Math.Log(single[4])) * Math.Sin(2 * Math.PI * single[5])), normal[5], 1e-6);
        var wideNormal = Draw(OpCode.RandomNormal, DType.F64, 5);
        Assert.Equal(Math.Sqrt(-2 * Math.Log(wide[2])) * Math.Sin(2 * Math.PI * wide[3]), wideNormal[3], 1e-14);
        var signs = Draw(OpCode.RandomSign, DType.F32, 140);
        for (var bit = 0; bit < 32; bit++) Assert.Equal((first.W1 >> bit & 1) == 1 ? 1 : -1, signs[32 + bit]);
        for (var bit = 0; bit < 12; bit++) Assert.Equal((second.W0 >> bit & 1) == 1 ? 1 : -1, signs[128 + bit]);

        static HostTensor Draw(OpCode op, DType type, int size) => Draws.Of(op, type, seed, step, [draw], 7, [size]);
    }

    /// <summary>Numbers that saved runs rely on, computed by a second program; a change here changes every result of every user.</summary>
    [Fact]
    public void DrawsAreFrozen()
    {
        Assert.Equal(1704902409u, new RandomSource(Draws.Scalar(1), Draws.Scalar(2), Draws.Scalar(3)).Named("h1.w").Stream);
        Assert.Equal("0.7771209;0.7799994;0.1160342", Text(Draws.Of(OpCode.RandomUniform, DType.F32, 42, 5, [1], 9, [3])));
        Assert.Equal("0.009295786;0.7598566;2.495356;52.03405", Text(Draws.Of(OpCode.RandomGamma, DType.F64, 42, 5, [1], 9, [4], [0.05, 0.9, 3, 40])));
        Assert.Equal("1;5;11;414", Text(Draws.Of(OpCode.RandomPoisson, DType.F64, 42, 5, [1], 9, [4], [0.3, 6, 12, 400])));

        static string Text(HostTensor x) => string.Join(";", x.ToDoubles().Select(v => v.ToString("G7", System.Globalization.CultureInfo.InvariantCulture)));
    }
}
