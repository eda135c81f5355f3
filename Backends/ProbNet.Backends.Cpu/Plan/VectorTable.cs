using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>The kernels for registers of one width.</summary>
internal sealed unsafe class VectorTable<S, D, TPhilox> : TileTable
    where S : struct, IVec<S, float> where D : struct, IVec<D, double> where TPhilox : struct, IPhilox<S, D>
{
    public override int Bits => S.Count * 32;

    public override delegate*<Instr*, Frame*, void> Unary(OpCode op, DType type) => type switch
    {
        DType.F32 => Float<S, float>(op, type),
        DType.F64 => Float<D, double>(op, type),
        DType.I64 or DType.Bool => ElementUnary(op, type),
    };

    private static delegate*<Instr*, Frame*, void> Float<V, T>(OpCode op, DType type) where V : struct, IVec<V, T> where T : unmanaged => op switch
    {
        OpCode.Neg => &FloatTiles<V, T>.Unary<NegOp>,
        OpCode.Abs => &FloatTiles<V, T>.Unary<AbsOp>,
        OpCode.Sign => &FloatTiles<V, T>.Unary<SignOp>,
        OpCode.Floor => &FloatTiles<V, T>.Unary<FloorOp>,
        OpCode.Exp => &FloatTiles<V, T>.Unary<ExpOp>,
        OpCode.Expm1 => &FloatTiles<V, T>.Unary<Expm1Op>,
        OpCode.Log => &FloatTiles<V, T>.Unary<LogOp>,
        OpCode.Log1p => &FloatTiles<V, T>.Unary<Log1pOp>,
        OpCode.Sqrt => &FloatTiles<V, T>.Unary<SqrtOp>,
        OpCode.Tanh => &FloatTiles<V, T>.Unary<TanhOp>,
        OpCode.Sigmoid => &FloatTiles<V, T>.Unary<SigmoidOp>,
        OpCode.Softplus => &FloatTiles<V, T>.Unary<SoftplusOp>,
        OpCode.Sin => &FloatTiles<V, T>.Unary<SinOp>,
        OpCode.Cos => &FloatTiles<V, T>.Unary<CosOp>,
        OpCode.Erf => &FloatTiles<V, T>.Unary<ErfOp>,
        OpCode.IsFinite => &FloatTiles<V, T>.Test<IsFiniteOp>,
        _ => ElementUnary(op, type),
    };

    public override delegate*<Instr*, Frame*, void> Binary(OpCode op, DType type, bool scalarA, bool scalarB) => type switch
    {
        DType.F32 => Float<S, float>(op, scalarA, scalarB),
        DType.F64 => Float<D, double>(op, scalarA, scalarB),
        DType.I64 or DType.Bool => null,
    };

    private static delegate*<Instr*, Frame*, void> Float<V, T>(OpCode op, bool a, bool b) where V : struct, IVec<V, T> where T : unmanaged => op switch
    {
        OpCode.Add => Forms<V, T, AddOp>(a, b),
        OpCode.Sub => Forms<V, T, SubOp>(a, b),
        OpCode.Mul => Forms<V, T, MulOp>(a, b),
        OpCode.Div => Forms<V, T, DivOp>(a, b),
        OpCode.Max => Forms<V, T, MaxOp>(a, b),
        OpCode.Min => Forms<V, T, MinOp>(a, b),
        OpCode.Equal => Comparisons<V, T, EqualOp>(a, b),
        OpCode.Less => Comparisons<V, T, LessOp>(a, b),
        OpCode.LessEqual => Comparisons<V, T, LessEqualOp>(a, b),
        _ => null,
    };

    private static delegate*<Instr*, Frame*, void> Forms<V, T, TOp>(bool a, bool b)
        where V : struct, IVec<V, T> where T : unmanaged where TOp : struct, IBinaryOp => (a, b) switch
    {
        (false, false) => &FloatTiles<V, T>.Binary<TOp, Tile, Tile>,
        (false, true) => &FloatTiles<V, T>.Binary<TOp, Tile, Scalar>,
        (true, false) => &FloatTiles<V, T>.Binary<TOp, Scalar, Tile>,
        (true, true) => &FloatTiles<V, T>.Binary<TOp, Scalar, Scalar>,
    };

    private static delegate*<Instr*, Frame*, void> Comparisons<V, T, TOp>(bool a, bool b)
        where V : struct, IVec<V, T> where T : unmanaged where TOp : struct, IBinaryOp => (a, b) switch
    {
        (false, false) => &FloatTiles<V, T>.Compare<TOp, Tile, Tile>,
        (false, true) => &FloatTiles<V, T>.Compare<TOp, Tile, Scalar>,
        (true, false) => &FloatTiles<V, T>.Compare<TOp, Scalar, Tile>,
        (true, true) => &FloatTiles<V, T>.Compare<TOp, Scalar, Scalar>,
    };

    public override delegate*<Instr*, Frame*, void> Fused(OpCode op, DType type, bool scalarY, bool scalarZ) =>
        type == DType.F32 ? Fused<S, float>(op, scalarY, scalarZ) : Fused<D, double>(op, scalarY, scalarZ);

    private static delegate*<Instr*, Frame*, void> Fused<V, T>(OpCode op, bool y, bool z) where V : struct, IVec<V, T> where T : unmanaged => op switch
    {
        OpCode.Add => Forms3<V, T, MulAddOp>(y, z),
        OpCode.Sub => Forms3<V, T, MulSubOp>(y, z),
        _ => Forms3<V, T, NegMulAddOp>(y, z),
    };

    private static delegate*<Instr*, Frame*, void> Forms3<V, T, TOp>(bool y, bool z)
        where V : struct, IVec<V, T> where T : unmanaged where TOp : struct, ITernaryOp => (y, z) switch
    {
        (false, false) => &FloatTiles<V, T>.Ternary<TOp, Tile, Tile>,
        (false, true) => &FloatTiles<V, T>.Ternary<TOp, Tile, Scalar>,
        (true, false) => &FloatTiles<V, T>.Ternary<TOp, Scalar, Tile>,
        (true, true) => &FloatTiles<V, T>.Ternary<TOp, Scalar, Scalar>,
    };

    public override delegate*<Instr*, Frame*, void> Select(DType type, bool scalarA, bool scalarB) => type switch
    {
        DType.F32 => Choices<S, float>(scalarA, scalarB),
        DType.F64 => Choices<D, double>(scalarA, scalarB),
        DType.I64 => &ElementTiles.Select<long>,
        DType.Bool => &ElementTiles.Select<byte>,
    };

    private static delegate*<Instr*, Frame*, void> Choices<V, T>(bool a, bool b) where V : struct, IVec<V, T> where T : unmanaged => (a, b) switch
    {
        (false, false) => &FloatTiles<V, T>.Select<Tile, Tile>,
        (false, true) => &FloatTiles<V, T>.Select<Tile, Scalar>,
        (true, false) => &FloatTiles<V, T>.Select<Scalar, Tile>,
        (true, true) => &FloatTiles<V, T>.Select<Scalar, Scalar>,
    };

    public override delegate*<Instr*, Frame*, void> Draw(OpCode op, DType type) => (op, type) switch
    {
        (OpCode.RandomUniform, DType.F32) => &RandomTiles.Fill<UniformSingle<S, D, TPhilox>>,
        (OpCode.RandomUniform, _) => &RandomTiles.Fill<UniformDouble<S, D, TPhilox>>,
        (OpCode.RandomNormal, DType.F32) => &RandomTiles.Fill<NormalSingle<S, D, TPhilox>>,
        (OpCode.RandomNormal, _) => &RandomTiles.Fill<NormalDouble<S, D, TPhilox>>,
        (OpCode.RandomSign, DType.F32) => &RandomTiles.Fill<Sign<S, float, S, D, TPhilox>>,
        (OpCode.RandomSign, _) => &RandomTiles.Fill<Sign<D, double, S, D, TPhilox>>,
        (OpCode.RandomGamma, DType.F32) => &RandomTiles.Sample<float, GammaSampler>,
        (OpCode.RandomGamma, _) => &RandomTiles.Sample<double, GammaSampler>,
        (OpCode.RandomPoisson, DType.F32) => &RandomTiles.Sample<float, PoissonSampler>,
        (OpCode.RandomPoisson, _) => &RandomTiles.Sample<double, PoissonSampler>,
        (OpCode.RandomBinomial, DType.F32) => &RandomTiles.SampleBinomial<float>,
        (OpCode.RandomBinomial, _) => &RandomTiles.SampleBinomial<double>,
        _ => throw Missing(op, type),
    };

    public override delegate*<Instr*, Frame*, void> SumOf(OpCode op, DType type) => (op, type) switch
    {
        (OpCode.Mul, DType.F32) => &ReduceTiles<S, float>.DotAll,
        (OpCode.Mul, DType.F64) => &ReduceTiles<D, double>.DotAll,
        (OpCode.Log, DType.F32) => &ReduceTiles<S, float>.SumLogAll,
        (OpCode.Log, DType.F64) => &ReduceTiles<D, double>.SumLogAll,
        _ => throw Missing(op, type),
    };

    public override delegate*<Instr*, Frame*, void> Reduce(OpCode op, DType type, FoldKernel form) => type switch
    {
        DType.F32 => Folds<S, float>(op, form),
        DType.F64 => Folds<D, double>(op, form),
        DType.I64 => IntegerFolds(op, form),
        DType.Bool => throw Missing(op, type),
    };

    private static delegate*<Instr*, Frame*, void> Folds<V, T>(OpCode op, FoldKernel form) where V : struct, IVec<V, T> where T : unmanaged => (op, form) switch
    {
        (OpCode.ReduceSum, FoldKernel.All) => &ReduceTiles<V, T>.SumAll,
        (OpCode.ReduceSum, FoldKernel.Stretch) => &ReduceTiles<V, T>.SumStretch,
        (OpCode.ReduceSum, FoldKernel.Rows) => &ReduceTiles<V, T>.SumRows,
        (OpCode.ReduceSum, FoldKernel.Columns) => &ReduceTiles<V, T>.SumColumns,
        (OpCode.ReduceSum, FoldKernel.Elsewhere) => &ReduceTiles<V, T>.SumElsewhere,
        (_, FoldKernel.All) => &ReduceTiles<V, T>.MaxAll,
        (_, FoldKernel.Stretch) => &ReduceTiles<V, T>.MaxStretch,
        (_, FoldKernel.Rows) => &ReduceTiles<V, T>.MaxRows,
        (_, FoldKernel.Columns) => &ReduceTiles<V, T>.MaxColumns,
        (_, FoldKernel.Elsewhere) => &ReduceTiles<V, T>.MaxElsewhere,
    };

    private static delegate*<Instr*, Frame*, void> IntegerFolds(OpCode op, FoldKernel form) => (op, form) switch
    {
        (OpCode.ReduceSum, FoldKernel.All) => &ReduceIntegers.SumAll,
        (OpCode.ReduceSum, FoldKernel.Stretch) => &ReduceIntegers.SumStretch,
        (OpCode.ReduceSum, FoldKernel.Rows) => &ReduceIntegers.SumRows,
        (OpCode.ReduceSum, FoldKernel.Columns) => &ReduceIntegers.SumColumns,
        (OpCode.ReduceSum, FoldKernel.Elsewhere) => &ReduceIntegers.SumElsewhere,
        (_, FoldKernel.All) => &ReduceIntegers.MaxAll,
        (_, FoldKernel.Stretch) => &ReduceIntegers.MaxStretch,
        (_, FoldKernel.Rows) => &ReduceIntegers.MaxRows,
        (_, FoldKernel.Columns) => &ReduceIntegers.MaxColumns,
        (_, FoldKernel.Elsewhere) => &ReduceIntegers.MaxElsewhere,
    };

    public override delegate*<Instr*, Frame*, void> Convert(DType from, DType to) => (from, to) switch
    {
        (DType.F32, DType.F64) => &ElementTiles.Unary<float, double, SingleToDouble>,
        (DType.F64, DType.F32) => &ElementTiles.Unary<double, float, DoubleToSingle>,
        (DType.F32, DType.I64) => &ElementTiles.Unary<float, long, ToInteger>,
        (DType.F64, DType.I64) => &ElementTiles.Unary<double, long, ToInteger>,
        (DType.Bool, DType.I64) => &ElementTiles.Unary<byte, long, ToInteger>,
        (DType.I64, DType.F32) => &ElementTiles.Unary<long, float, FromInteger>,
        (DType.I64, DType.F64) => &ElementTiles.Unary<long, double, FromInteger>,
        (DType.F32, DType.Bool) => &ElementTiles.Unary<float, byte, ToTruth>,
        (DType.F64, DType.Bool) => &ElementTiles.Unary<double, byte, ToTruth>,
        (DType.I64, DType.Bool) => &ElementTiles.Unary<long, byte, ToTruth>,
        (DType.Bool, DType.F32) => &FloatTiles<S, float>.FromTruth,
        (DType.Bool, DType.F64) => &FloatTiles<D, double>.FromTruth,
        _ => throw Missing(OpCode.Convert, from),
    };

    public override delegate*<in GemmShape, byte*, byte*, byte*, byte*, void> Multiply(DType type) => type switch
    {
        DType.F32 => &MultiplySingle,
        DType.F64 => &MultiplyDouble,
        DType.I64 or DType.Bool => throw Missing(OpCode.MatMul, type),
    };

    public override nint MultiplyWorkspace(DType type, in GemmShape shape) =>
        type == DType.F32 ? Gemm<S, float>.WorkspaceBytes(shape) : Gemm<D, double>.WorkspaceBytes(shape);

    public override Kernel Convolution(Def def, PlanContext context) =>
        def.Type == DType.F32 ? ConvolutionKernel<S, float>.Compile(def, context) : ConvolutionKernel<D, double>.Compile(def, context);

    public override Kernel Window(Def def, PlanContext context) => def.Type == DType.F32 ? Window<S, float>(def, context) : Window<D, double>(def, context);

    private static Kernel Window<V, T>(Def def, PlanContext context) where V : struct, IVec<V, T> where T : unmanaged
    {
        var traffic = StepCompiler.Traffic(def);
        if (def.Op is OpCode.ReduceSum or OpCode.ReduceMax)
            return new InnerRunKernel<V, T>(def, context) { Chunks = context.Workers == 1 ? 1 : Cost.Chunks(def.Space / 8.0, def.Size / def.Dims[^1]), Traffic = traffic, Operations = def.Space };
        var positions = ((Attributes.Window)def.Node!.Attributes).Positions;
        // Visits of an element, at a quarter of a nanosecond each.
        double visits = def.Op is OpCode.Unfold ? def.Size : def.Op is OpCode.Fold ? def.Operands[0].Size : (double)positions * Math.Min(def.Size, def.Operands[^1].Size);
        int byRows = WindowKernel<V, T>.ChunksOf(def, context, true, visits / 4), byImages = WindowKernel<V, T>.ChunksOf(def, context, false, visits / 4);
        return def.Op switch
        {
            OpCode.Fold when def.Operands.Length == 2 => FoldedProductKernel<V, T>.Compile(def, context, new FoldKernel<V, T>(def, context) { Traffic = 0, Operations = 0 }),
            OpCode.Unfold => new UnfoldKernel<V, T>(def, context) { Chunks = byRows, Traffic = traffic, Operations = 0 },
            OpCode.Fold => new FoldKernel<V, T>(def, context) { Chunks = byImages, Traffic = traffic, Operations = visits },
            OpCode.WindowPick => new WindowPickKernel<V, T>(def, context) { Chunks = byRows, Traffic = traffic, Operations = visits },
            _ => new WindowRouteKernel<V, T>(def, context) { Chunks = byImages, Traffic = traffic, Operations = visits },
        };
    }

    public override Kernel Cholesky(Def def, PlanContext context)
    {
        var operations = (double)def.Operands[0].Dims[^1] * def.Size / 3;
        return def.Type == DType.F32
            ? new CholeskyKernel<S, float>(def, context) { Traffic = StepCompiler.Traffic(def), Operations = operations }
            : new CholeskyKernel<D, double>(def, context) { Traffic = StepCompiler.Traffic(def), Operations = operations };
    }

    public override Kernel Solve(Def def, PlanContext context)
    {
        var operations = (double)def.Operands[0].Dims[^1] * def.Size;
        return def.Type == DType.F32
            ? new SolveKernel<S, float>(def, context) { Traffic = StepCompiler.Traffic(def), Operations = operations }
            : new SolveKernel<D, double>(def, context) { Traffic = StepCompiler.Traffic(def), Operations = operations };
    }

    private static void MultiplySingle(in GemmShape shape, byte* a, byte* b, byte* c, byte* workspace) =>
        Gemm<S, float>.Run(shape, (float*)a, (float*)b, (float*)c, (float*)workspace);

    private static void MultiplyDouble(in GemmShape shape, byte* a, byte* b, byte* c, byte* workspace) =>
        Gemm<D, double>.Run(shape, (double*)a, (double*)b, (double*)c, (double*)workspace);
}
