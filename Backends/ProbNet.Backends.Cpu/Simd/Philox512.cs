using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProbNet.Backends.Cpu;

/// <summary>Philox4x32-10 on 512-bit registers, eight counters at a time: each state word in the low half of a 64-bit lane.</summary>
internal readonly struct Philox512 : IPhilox<V512F, V512D>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Blocks32 => 16;

    public static int Blocks64 => 8;

    [MethodImpl(Inline)]
    public static unsafe void Uniforms(PhiloxKey* key, uint block, out V512F u0, out V512F u1, out V512F u2, out V512F u3)
    {
        // Lane 4l + j takes block 4j + l: then the in-register 4 x 4 transposition of StoreFour leaves the numbers in order.
        var first = Vector512.Create((ulong)block);
        Vector512<ulong> a0 = first + Vector512.Create(0ul, 8, 1, 9, 2, 10, 3, 11), b0 = first + Vector512.Create(4ul, 12, 5, 13, 6, 14, 7, 15);
        Begin(key, ref a0, out var a1, out var a2, out var a3);
        Begin(key, ref b0, out var b1, out var b2, out var b3);
        for (var round = 0; round < 2 * PhiloxKey.FullRounds; round += 2)
        {
            Vector512<ulong> k0 = Word(key->Keys[round]), k1 = Word(key->Keys[round + 1]);
            Round(ref a0, ref a1, ref a2, ref a3, k0, k1);
            Round(ref b0, ref b1, ref b2, ref b3, k0, k1);
        }
        u0 = Unit(a0, b0);
        u1 = Unit(a1, b1);
        u2 = Unit(a2, b2);
        u3 = Unit(a3, b3);
    }

    [MethodImpl(Inline)]
    public static unsafe void Uniforms(PhiloxKey* key, uint block, out V512D u, out V512D v)
    {
        // Lane 2l + j takes block 4j + l, for the transposition of StoreTwo.
        Rounds(key, Vector512.Create((ulong)block) + Vector512.Create(0ul, 4, 1, 5, 2, 6, 3, 7), out var w0, out var w1, out var w2, out var w3);
        u = Unit64(w0, w1);
        v = Unit64(w2, w3);
    }

    [MethodImpl(Inline)]
    public static unsafe void Words(PhiloxKey* key, uint block, uint* words)
    {
        Rounds(key, Vector512.Create((ulong)block) + Vector512<ulong>.Indices, out var w0, out var w1, out var w2, out var w3);
        var low = Vector512.Create(0xFFFFFFFFul);
        var lanes = stackalloc ulong[16];
        ((w0 & low) | Vector512.ShiftLeft(w1, 32)).Store(lanes);
        ((w2 & low) | Vector512.ShiftLeft(w3, 32)).Store(lanes + 8);
        for (var i = 0; i < 8; i++) (((ulong*)words)[2 * i], ((ulong*)words)[2 * i + 1]) = (lanes[i], lanes[i + 8]);
    }

    [MethodImpl(Inline)]
    public static unsafe void StoreFour(V512F a, V512F b, V512F c, V512F d, float* p)
    {
        if (!Avx512F.IsSupported)
        {
            for (var i = 0; i < 16; i++)
            {
                var q = p + 16 * (i % 4) + 4 * (i / 4);
                (q[0], q[1], q[2], q[3]) = (a.Value[i], b.Value[i], c.Value[i], d.Value[i]);
            }
            return;
        }
        Vector512<double> ab = Avx512F.UnpackLow(a.Value, b.Value).AsDouble(), abHigh = Avx512F.UnpackHigh(a.Value, b.Value).AsDouble();
        Vector512<double> cd = Avx512F.UnpackLow(c.Value, d.Value).AsDouble(), cdHigh = Avx512F.UnpackHigh(c.Value, d.Value).AsDouble();
        Avx512F.UnpackLow(ab, cd).AsSingle().Store(p);
        Avx512F.UnpackHigh(ab, cd).AsSingle().Store(p + 16);
        Avx512F.UnpackLow(abHigh, cdHigh).AsSingle().Store(p + 32);
        Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle().Store(p + 48);
    }

    [MethodImpl(Inline)]
    public static unsafe void StoreTwo(V512D a, V512D b, double* p)
    {
        if (!Avx512F.IsSupported)
        {
            for (var i = 0; i < 8; i++) (p[8 * (i % 2) + 2 * (i / 2)], p[8 * (i % 2) + 2 * (i / 2) + 1]) = (a.Value[i], b.Value[i]);
            return;
        }
        Avx512F.UnpackLow(a.Value, b.Value).Store(p);
        Avx512F.UnpackHigh(a.Value, b.Value).Store(p + 8);
    }

    [MethodImpl(Inline)]
    private static unsafe void Rounds(PhiloxKey* key, Vector512<ulong> c0, out Vector512<ulong> w0, out Vector512<ulong> w1, out Vector512<ulong> w2, out Vector512<ulong> w3)
    {
        Begin(key, ref c0, out var c1, out var c2, out var c3);
        for (var round = 0; round < 2 * PhiloxKey.FullRounds; round += 2) Round(ref c0, ref c1, ref c2, ref c3, Word(key->Keys[round]), Word(key->Keys[round + 1]));
        (w0, w1, w2, w3) = (c0, c1, c2, c3);
    }

    /// <summary>The first two rounds, from the block numbers alone.</summary>
    [MethodImpl(Inline)]
    private static unsafe void Begin(PhiloxKey* key, ref Vector512<ulong> c0, out Vector512<ulong> c1, out Vector512<ulong> c2, out Vector512<ulong> c3)
    {
        var first = Multiply(Vector512.Create((ulong)PhiloxKey.M0), c0);
        c1 = Multiply(Vector512.Create((ulong)PhiloxKey.M1), Vector512.ShiftRightLogical(first, 32) ^ Word(key->First));
        c0 = Vector512.ShiftRightLogical(c1, 32) ^ Word(key->Second0);
        c2 = first ^ Word(key->Second2);
        c3 = Word(key->Second3);
    }

    /// <summary>The word in both halves of each lane.</summary>
    [MethodImpl(Inline)]
    private static Vector512<ulong> Word(uint word) => Vector512.Create(word).AsUInt64();

    // High halves of lanes hold rubbish throughout: the products read the low halves only.
    [MethodImpl(Inline)]
    private static void Round(ref Vector512<ulong> c0, ref Vector512<ulong> c1, ref Vector512<ulong> c2, ref Vector512<ulong> c3, Vector512<ulong> k0, Vector512<ulong> k1)
    {
        Vector512<ulong> p0 = Multiply(Vector512.Create((ulong)PhiloxKey.M0), c0), p1 = Multiply(Vector512.Create((ulong)PhiloxKey.M1), c2);
        c0 = Vector512.ShiftRightLogical(p1, 32) ^ c1 ^ k0;
        c2 = Vector512.ShiftRightLogical(p0, 32) ^ c3 ^ k1;
        c1 = p1;
        c3 = p0;
    }

    [MethodImpl(Inline)]
    private static Vector512<ulong> Multiply(Vector512<ulong> a, Vector512<ulong> b) =>
        Avx512F.IsSupported
            ? Avx512F.Multiply(a.AsUInt32(), b.AsUInt32())
            : (a & Vector512.Create(0xFFFFFFFFul)) * (b & Vector512.Create(0xFFFFFFFFul));

    /// <summary>(word >> 9) 2^-23 + 2^-24 of the words in the even and odd lanes: the bits of a number in [1, 2), shifted down exactly.</summary>
    [MethodImpl(Inline)]
    private static V512F Unit(Vector512<ulong> even, Vector512<ulong> odd)
    {
        var words = (even & Vector512.Create(0xFFFFFFFFul)) | Vector512.ShiftLeft(odd, 32);
        var bits = Vector512.ShiftRightLogical(words.AsUInt32(), 9) | Vector512.Create(0x3F800000u);
        return new(bits.AsSingle() - Vector512.Create(1f - 1f / (1 << 24)));
    }

    [MethodImpl(Inline)]
    private static V512D Unit64(Vector512<ulong> high, Vector512<ulong> low)
    {
        var words = Vector512.ShiftLeft(high, 32) | (low & Vector512.Create(0xFFFFFFFFul));
        var bits = Vector512.ShiftRightLogical(words, 12) | Vector512.Create(0x3FF0000000000000ul);
        return new(bits.AsDouble() - Vector512.Create(1 - 1.0 / (1L << 53)));
    }
}
