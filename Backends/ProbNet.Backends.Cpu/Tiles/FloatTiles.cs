using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>Whether an operand is a tile or one value for all elements.</summary>
internal interface IOperand
{
    static abstract bool IsScalar { get; }
}

internal readonly struct Tile : IOperand
{
    public static bool IsScalar { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => false; }
}

internal readonly struct Scalar : IOperand
{
    public static bool IsScalar { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => true; }
}

/// <summary>
/// The loops of floating-point tile kernels. Operands may be read up to one vector past the tile's end (buffers and slots are padded), results
/// are written exactly. A result may overwrite an operand in place.
/// </summary>
internal static unsafe class FloatTiles<V, T> where V : struct, IVec<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unary<TOp>(Instr* i, Frame* f) where TOp : struct, IUnaryOp
    {
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A];
        nint n = f->Length, k = 0;
        for (; k <= n - V.Count; k += V.Count) TOp.Apply<V, T>(V.Load(a + k)).Store(d + k);
        // Lanes past the end hold 1, which no function takes a slow path for.
        if (k < n) TOp.Apply<V, T>(V.First(V.Load(a + k), V.Const(1), (int)(n - k))).StorePart(d + k, (int)(n - k));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Binary<TOp, TA, TB>(Instr* i, Frame* f) where TOp : struct, IBinaryOp where TA : struct, IOperand where TB : struct, IOperand
    {
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A], b = (T*)f->Registers[i->B];
        nint n = f->Length, k = 0;
        V sa = V.Set(*a), sb = V.Set(*b);
        for (; k <= n - V.Count; k += V.Count)
            TOp.Apply<V, T>(TA.IsScalar ? sa : V.Load(a + k), TB.IsScalar ? sb : V.Load(b + k)).Store(d + k);
        if (k < n)
            TOp.Apply<V, T>(TA.IsScalar ? sa : V.Load(a + k), TB.IsScalar ? sb : V.Load(b + k)).StorePart(d + k, (int)(n - k));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Ternary<TOp, TB, TC>(Instr* i, Frame* f) where TOp : struct, ITernaryOp where TB : struct, IOperand where TC : struct, IOperand
    {
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->A], b = (T*)f->Registers[i->B], c = (T*)f->Registers[i->C];
        nint n = f->Length, k = 0;
        V sb = V.Set(*b), sc = V.Set(*c);
        for (; k <= n - V.Count; k += V.Count)
            TOp.Apply<V, T>(V.Load(a + k), TB.IsScalar ? sb : V.Load(b + k), TC.IsScalar ? sc : V.Load(c + k)).Store(d + k);
        if (k < n)
            TOp.Apply<V, T>(V.Load(a + k), TB.IsScalar ? sb : V.Load(b + k), TC.IsScalar ? sc : V.Load(c + k)).StorePart(d + k, (int)(n - k));
    }

    /// <summary>Truth values of one operand: a byte of 0 or 1 each. The result never shares a slot with the operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Test<TOp>(Instr* i, Frame* f) where TOp : struct, IUnaryOp
    {
        var d = f->Registers[i->Dst];
        var a = (T*)f->Registers[i->A];
        nint n = f->Length, k = 0;
        for (; k <= n - V.Count; k += V.Count) V.StoreMask(TOp.Apply<V, T>(V.Load(a + k)), d + k);
        if (k < n) StoreMaskPart(TOp.Apply<V, T>(V.Load(a + k)), d + k, (int)(n - k));
    }

    /// <summary>Truth values of a comparison: a byte of 0 or 1 each. The result never shares a slot with an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compare<TOp, TA, TB>(Instr* i, Frame* f) where TOp : struct, IBinaryOp where TA : struct, IOperand where TB : struct, IOperand
    {
        var d = f->Registers[i->Dst];
        T* a = (T*)f->Registers[i->A], b = (T*)f->Registers[i->B];
        nint n = f->Length, k = 0;
        V sa = V.Set(*a), sb = V.Set(*b);
        for (; k <= n - V.Count; k += V.Count)
            V.StoreMask(TOp.Apply<V, T>(TA.IsScalar ? sa : V.Load(a + k), TB.IsScalar ? sb : V.Load(b + k)), d + k);
        if (k < n)
            StoreMaskPart(TOp.Apply<V, T>(TA.IsScalar ? sa : V.Load(a + k), TB.IsScalar ? sb : V.Load(b + k)), d + k, (int)(n - k));
    }

    /// <summary>A where the truth value holds, else B. Registers: A the condition, B and C the choices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Select<TA, TB>(Instr* i, Frame* f) where TA : struct, IOperand where TB : struct, IOperand
    {
        var c = f->Registers[i->A];
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->B], b = (T*)f->Registers[i->C];
        nint n = f->Length, k = 0;
        V sa = V.Set(*a), sb = V.Set(*b);
        for (; k <= n - V.Count; k += V.Count)
            V.Select(V.LoadMask(c + k), TA.IsScalar ? sa : V.Load(a + k), TB.IsScalar ? sb : V.Load(b + k)).Store(d + k);
        if (k < n)
            V.Select(V.LoadMask(c + k), TA.IsScalar ? sa : V.Load(a + k), TB.IsScalar ? sb : V.Load(b + k)).StorePart(d + k, (int)(n - k));
    }

    /// <summary>1 where the truth value holds, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromTruth(Instr* i, Frame* f)
    {
        var c = f->Registers[i->A];
        var d = (T*)f->Registers[i->Dst];
        nint n = f->Length, k = 0;
        V one = V.Const(1), zero = V.Const(0);
        for (; k <= n - V.Count; k += V.Count) V.Select(V.LoadMask(c + k), one, zero).Store(d + k);
        if (k < n) V.Select(V.LoadMask(c + k), one, zero).StorePart(d + k, (int)(n - k));
    }

    private static void StoreMaskPart(V mask, byte* d, int n)
    {
        var bytes = stackalloc byte[64];
        V.StoreMask(mask, bytes);
        Unsafe.CopyBlockUnaligned(d, bytes, (uint)n);
    }
}
