using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>An elementwise function of one floating-point vector.</summary>
internal interface IUnaryOp
{
    static abstract V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged;
}

/// <summary>An elementwise function of two floating-point vectors. For comparisons the result is a mask.</summary>
internal interface IBinaryOp
{
    static abstract V Apply<V, T>(V x, V y) where V : struct, IVec<V, T> where T : unmanaged;
}

/// <summary>An elementwise function of three floating-point vectors.</summary>
internal interface ITernaryOp
{
    static abstract V Apply<V, T>(V x, V y, V z) where V : struct, IVec<V, T> where T : unmanaged;
}

internal readonly struct NegOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => -x;
}

internal readonly struct AbsOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Abs(x);
}

internal readonly struct FloorOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Floor(x);
}

internal readonly struct ExpOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Exp(x);
}

internal readonly struct Expm1Op : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Expm1(x);
}

internal readonly struct LogOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Log(x);
}

internal readonly struct Log1pOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Log1p(x);
}

internal readonly struct SqrtOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Sqrt(x);
}

internal readonly struct TanhOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Tanh(x);
}

internal readonly struct SigmoidOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Sigmoid(x);
}

internal readonly struct SoftplusOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Softplus(x);
}

internal readonly struct SinOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Sin(x);
}

internal readonly struct CosOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Cos(x);
}

internal readonly struct ErfOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Erf(x);
}

internal readonly struct SquareOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => x * x;
}

internal readonly struct SignOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Select(V.Less(V.Const(0), x), V.Const(1), V.Select(V.Less(x, V.Const(0)), V.Const(-1), x));
}

internal readonly struct IsFiniteOp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : struct, IVec<V, T> where T : unmanaged => V.Less(V.Abs(x), V.Const(double.PositiveInfinity));
}

internal readonly struct AddOp : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y) where V : struct, IVec<V, T> where T : unmanaged => x + y;
}

internal readonly struct SubOp : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y) where V : struct, IVec<V, T> where T : unmanaged => x - y;
}

internal readonly struct MulOp : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y) where V : struct, IVec<V, T> where T : unmanaged => x * y;
}

internal readonly struct DivOp : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y) where V : struct, IVec<V, T> where T : unmanaged => x / y;
}

internal readonly struct MaxOp : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y) where V : struct, IVec<V, T> where T : unmanaged => V.Max(x, y);
}

internal readonly struct MinOp : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y) where V : struct, IVec<V, T> where T : unmanaged => V.Min(x, y);
}

internal readonly struct LessOp : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y) where V : struct, IVec<V, T> where T : unmanaged => V.Less(x, y);
}

internal readonly struct LessEqualOp : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y) where V : struct, IVec<V, T> where T : unmanaged => V.LessEqual(x, y);
}

internal readonly struct EqualOp : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y) where V : struct, IVec<V, T> where T : unmanaged => V.Equal(x, y);
}

/// <summary>x y + z, rounded once.</summary>
internal readonly struct MulAddOp : ITernaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y, V z) where V : struct, IVec<V, T> where T : unmanaged => V.Fma(x, y, z);
}

/// <summary>x y - z, rounded once.</summary>
internal readonly struct MulSubOp : ITernaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y, V z) where V : struct, IVec<V, T> where T : unmanaged => V.Fma(x, y, -z);
}

/// <summary>z - x y, rounded once.</summary>
internal readonly struct NegMulAddOp : ITernaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x, V y, V z) where V : struct, IVec<V, T> where T : unmanaged => V.Fma(-x, y, z);
}
