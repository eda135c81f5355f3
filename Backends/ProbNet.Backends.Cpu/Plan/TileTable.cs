using System.Diagnostics;
using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>How a reduction folds the tiles of a region.</summary>
internal enum FoldKernel
{
    All,
    Stretch,
    Rows,
    Columns,
    Elsewhere,
}

/// <summary>Chooses kernels by primitive and element type. One instance per register width.</summary>
internal abstract unsafe class TileTable
{
    /// <summary>The widest registers this machine computes with.</summary>
    public static TileTable Best => System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? Wide : Narrow;

    /// <summary>512-bit registers.</summary>
    public static TileTable Wide { get; } = new VectorTable<V512F, V512D, Philox512>();

    /// <summary>256-bit registers.</summary>
    public static TileTable Narrow { get; } = new VectorTable<V256F, V256D, Philox256>();

    public abstract int Bits { get; }

    public abstract delegate*<Instr*, Frame*, void> Unary(OpCode op, DType type);

    public abstract delegate*<Instr*, Frame*, void> Binary(OpCode op, DType type, bool scalarA, bool scalarB);

    /// <summary>x y + z, x y - z or z - x y (by <paramref name="op"/>: Add, Sub, Neg); x is a tile.</summary>
    public abstract delegate*<Instr*, Frame*, void> Fused(OpCode op, DType type, bool scalarY, bool scalarZ);

    public abstract delegate*<Instr*, Frame*, void> Select(DType type, bool scalarA, bool scalarB);

    public abstract delegate*<Instr*, Frame*, void> Draw(OpCode op, DType type);

    public abstract delegate*<Instr*, Frame*, void> Reduce(OpCode op, DType type, FoldKernel form);

    /// <summary>The sum of a whole tile's products (<see cref="OpCode.Mul"/>) or logarithms (<see cref="OpCode.Log"/>).</summary>
    public abstract delegate*<Instr*, Frame*, void> SumOf(OpCode op, DType type);

    public abstract delegate*<in GemmShape, byte*, byte*, byte*, byte*, void> Multiply(DType type);

    public abstract nint MultiplyWorkspace(DType type, in GemmShape shape);

    /// <summary>A product whose left operand is windows of an image.</summary>
    public abstract Kernel Convolution(Def def, PlanContext context);

    /// <summary>A primitive over windows of an image.</summary>
    public abstract Kernel Window(Def def, PlanContext context);

    public abstract Kernel Cholesky(Def def, PlanContext context);

    public abstract Kernel Solve(Def def, PlanContext context);

    /// <summary>Functions of integers and truth values, and special functions: one element at a time, with steps of 0 for scalars.</summary>
    public static delegate*<Instr*, Frame*, void> ElementBinary(OpCode op, DType type) => (op, type) switch
    {
        (OpCode.Add, DType.I64) => &ElementTiles.Binary<long, long, AddInteger>,
        (OpCode.Sub, DType.I64) => &ElementTiles.Binary<long, long, SubInteger>,
        (OpCode.Mul, DType.I64) => &ElementTiles.Binary<long, long, MulInteger>,
        (OpCode.Max, DType.I64) => &ElementTiles.Binary<long, long, MaxInteger>,
        (OpCode.Min, DType.I64) => &ElementTiles.Binary<long, long, MinInteger>,
        (OpCode.Equal, DType.I64) => &ElementTiles.Binary<long, byte, EqualInteger>,
        (OpCode.Less, DType.I64) => &ElementTiles.Binary<long, byte, LessInteger>,
        (OpCode.LessEqual, DType.I64) => &ElementTiles.Binary<long, byte, LessEqualInteger>,
        (OpCode.Equal, DType.Bool) => &TruthTiles.Binary<EqualTruth>,
        (OpCode.And, DType.Bool) => &TruthTiles.Binary<AndTruth>,
        (OpCode.Or, DType.Bool) => &TruthTiles.Binary<OrTruth>,
        (OpCode.Pow, DType.F32) => &ElementTiles.Binary<float, float, PowElement>,
        (OpCode.Pow, DType.F64) => &ElementTiles.Binary<double, double, PowElement>,
        (OpCode.GammaPathwise, DType.F32) => &ElementTiles.Binary<float, float, GammaPathwiseElement>,
        (OpCode.GammaPathwise, DType.F64) => &ElementTiles.Binary<double, double, GammaPathwiseElement>,
        _ => null,
    };

    protected static delegate*<Instr*, Frame*, void> ElementUnary(OpCode op, DType type) => (op, type) switch
    {
        (OpCode.Neg, DType.I64) => &ElementTiles.Unary<long, long, NegInteger>,
        (OpCode.Abs, DType.I64) => &ElementTiles.Unary<long, long, AbsInteger>,
        (OpCode.Sign, DType.I64) => &ElementTiles.Unary<long, long, SignInteger>,
        (OpCode.Not, DType.Bool) => &TruthTiles.Not,
        (OpCode.Lgamma, DType.F32) => &ElementTiles.Unary<float, float, LgammaElement>,
        (OpCode.Lgamma, DType.F64) => &ElementTiles.Unary<double, double, LgammaElement>,
        (OpCode.Polygamma, DType.F32) => &ElementTiles.Unary<float, float, PolygammaElement>,
        (OpCode.Polygamma, DType.F64) => &ElementTiles.Unary<double, double, PolygammaElement>,
        (OpCode.Atan, DType.F32) => &ElementTiles.Unary<float, float, AtanElement>,
        (OpCode.Atan, DType.F64) => &ElementTiles.Unary<double, double, AtanElement>,
        (OpCode.Erfcx, DType.F32) => &ElementTiles.Unary<float, float, ErfcxElement>,
        (OpCode.Erfcx, DType.F64) => &ElementTiles.Unary<double, double, ErfcxElement>,
        (OpCode.ErfInv, DType.F32) => &ElementTiles.Unary<float, float, ErfInvElement>,
        (OpCode.ErfInv, DType.F64) => &ElementTiles.Unary<double, double, ErfInvElement>,
        _ => throw Missing(op, type),
    };

    public abstract delegate*<Instr*, Frame*, void> Convert(DType from, DType to);

    /// <summary>One value repeated.</summary>
    public static delegate*<Instr*, Frame*, void> Fill(int elementSize) => elementSize switch
    {
        1 => &ElementTiles.Fill<byte>,
        4 => &ElementTiles.Fill<uint>,
        8 => &ElementTiles.Fill<ulong>,
        _ => throw new UnreachableException(),
    };

    public static delegate*<Instr*, Frame*, void> RepeatRow(int elementSize) => elementSize switch
    {
        1 => &LoadTiles<byte>.RepeatRow,
        4 => &LoadTiles<uint>.RepeatRow,
        8 => &LoadTiles<ulong>.RepeatRow,
        _ => throw new UnreachableException(),
    };

    public static delegate*<Instr*, Frame*, void> Rows(int elementSize) => elementSize switch
    {
        1 => &LoadTiles<byte>.Rows,
        4 => &LoadTiles<uint>.Rows,
        8 => &LoadTiles<ulong>.Rows,
        _ => throw new UnreachableException(),
    };

    public static delegate*<Instr*, Frame*, void> Strided(int elementSize) => elementSize switch
    {
        1 => &LoadTiles<byte>.Strided,
        4 => &LoadTiles<uint>.Strided,
        8 => &LoadTiles<ulong>.Strided,
        _ => throw new UnreachableException(),
    };

    protected static Exception Missing(OpCode op, DType type) => new NotSupportedException($"the cpu backend has no kernel for {op} of {type.Name()}");
}
