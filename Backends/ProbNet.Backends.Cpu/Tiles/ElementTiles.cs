using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>An elementwise function of single elements; for types and functions without a vector form.</summary>
internal interface IElementUnary<TFrom, TTo>
{
    /// <summary>The value at x; <paramref name="parameter"/> is the instruction's.</summary>
    static abstract TTo Apply(TFrom x, nint parameter);
}

/// <inheritdoc cref="IElementUnary{TFrom, TTo}"/>
internal interface IElementBinary<TFrom, TTo>
{
    static abstract TTo Apply(TFrom x, TFrom y);
}

/// <summary>Loops over single elements. Scalar operands have stride 0. A result may overwrite an operand of its own size in place.</summary>
internal static unsafe class ElementTiles
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unary<TFrom, TTo, TOp>(Instr* i, Frame* f)
        where TFrom : unmanaged where TTo : unmanaged where TOp : struct, IElementUnary<TFrom, TTo>
    {
        var d = (TTo*)f->Registers[i->Dst];
        var a = (TFrom*)f->Registers[i->A];
        for (nint k = 0; k < f->Length; k++) d[k] = TOp.Apply(a[k], i->P);
    }

    /// <summary>P and Q are the steps of the operands in elements: 0 for a scalar, else 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Binary<TFrom, TTo, TOp>(Instr* i, Frame* f)
        where TFrom : unmanaged where TTo : unmanaged where TOp : struct, IElementBinary<TFrom, TTo>
    {
        var d = (TTo*)f->Registers[i->Dst];
        TFrom* a = (TFrom*)f->Registers[i->A], b = (TFrom*)f->Registers[i->B];
        nint stepA = i->P, stepB = i->Q;
        for (nint k = 0; k < f->Length; k++) d[k] = TOp.Apply(a[k * stepA], b[k * stepB]);
    }

    /// <summary>B where the truth value A holds, else C. P and Q are the steps of B and C.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Select<T>(Instr* i, Frame* f) where T : unmanaged
    {
        var c = f->Registers[i->A];
        T* d = (T*)f->Registers[i->Dst], a = (T*)f->Registers[i->B], b = (T*)f->Registers[i->C];
        nint stepA = i->P, stepB = i->Q;
        for (nint k = 0; k < f->Length; k++) d[k] = c[k] != 0 ? a[k * stepA] : b[k * stepB];
    }

    /// <summary>The operand's bytes; P is the element size.</summary>
    public static void Copy(Instr* i, Frame* f) => Unsafe.CopyBlockUnaligned(f->Registers[i->Dst], f->Registers[i->A], (uint)(f->Length * i->P));

    /// <summary>One value repeated.</summary>
    public static void Fill<T>(Instr* i, Frame* f) where T : unmanaged => new Span<T>(f->Registers[i->Dst], (int)f->Length).Fill(*(T*)f->Registers[i->A]);
}
