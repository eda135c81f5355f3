using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ProbNet.Backends.Cpu;

/// <summary>A function of two truth values, stored as bytes of 0 or 1: by the byte and by the vector.</summary>
internal interface ITruthBinary
{
    static abstract byte Apply(byte x, byte y);

    static abstract Vector256<byte> Apply(Vector256<byte> x, Vector256<byte> y);
}

internal readonly struct AndTruth : ITruthBinary
{
    public static byte Apply(byte x, byte y) => (byte)(x & y);

    public static Vector256<byte> Apply(Vector256<byte> x, Vector256<byte> y) => x & y;
}

internal readonly struct OrTruth : ITruthBinary
{
    public static byte Apply(byte x, byte y) => (byte)(x | y);

    public static Vector256<byte> Apply(Vector256<byte> x, Vector256<byte> y) => x | y;
}

internal readonly struct EqualTruth : ITruthBinary
{
    public static byte Apply(byte x, byte y) => (byte)(x ^ y ^ 1);

    public static Vector256<byte> Apply(Vector256<byte> x, Vector256<byte> y) => x ^ y ^ Vector256<byte>.One;
}

/// <summary>Loops over truth values. A result may overwrite an operand of its own size in place.</summary>
internal static unsafe class TruthTiles
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Not(Instr* i, Frame* f)
    {
        byte* d = f->Registers[i->Dst], a = f->Registers[i->A];
        nint n = f->Length, k = 0;
        for (; k <= n - Vector256<byte>.Count; k += Vector256<byte>.Count) (Vector256.Load(a + k) ^ Vector256<byte>.One).Store(d + k);
        for (; k < n; k++) d[k] = (byte)(a[k] ^ 1);
    }

    /// <summary>P and Q are the steps of the operands: 0 for a scalar, else 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Binary<TOp>(Instr* i, Frame* f) where TOp : struct, ITruthBinary
    {
        byte* d = f->Registers[i->Dst], a = f->Registers[i->A], b = f->Registers[i->B];
        nint stepA = i->P, stepB = i->Q, n = f->Length, k = 0;
        Vector256<byte> sa = Vector256.Create(*a), sb = Vector256.Create(*b);
        for (; k <= n - Vector256<byte>.Count; k += Vector256<byte>.Count)
            TOp.Apply(stepA == 0 ? sa : Vector256.Load(a + k), stepB == 0 ? sb : Vector256.Load(b + k)).Store(d + k);
        for (; k < n; k++) d[k] = TOp.Apply(a[k * stepA], b[k * stepB]);
    }
}
