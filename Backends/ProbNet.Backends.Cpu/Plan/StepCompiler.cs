using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>Turns scheduled steps into kernels.</summary>
internal static unsafe class StepCompiler
{
    public static Kernel Compile(Step step, PlanContext context)
    {
        if (step.IsRegion) return RegionAssembler.Compile(step, context);
        var def = step.Defs[0];
        return def.Op switch
        {
            OpCode.MatMul when def.Windows is not null => context.Table.Convolution(def, context),
            OpCode.Unfold or OpCode.Fold or OpCode.WindowPick or OpCode.WindowRoute or OpCode.ReduceSum or OpCode.ReduceMax => context.Table.Window(def, context),
            OpCode.MatMul => ProductKernel.Compile(def, context),
            OpCode.StopGradient => Copy(def, context),
            OpCode.Concat => Concat(def, context),
            OpCode.Pad => Pad(def, context),
            OpCode.Gather => new GatherKernel(def, context) { Traffic = 2 * (long)def.Bytes + def.Operands[1].Size * (long)sizeof(long), Operations = 0 },
            OpCode.ScatterAdd => Scatter(def, context),
            OpCode.ArgMax => ArgMax(def, context),
            OpCode.Cholesky => context.Table.Cholesky(def, context),
            OpCode.TriangularSolve => context.Table.Solve(def, context),
            OpCode.Scan => LoopKernel.Compile(def, context),
            _ => throw new NotSupportedException($"the cpu backend has no kernel for {def.Op}"),
        };
    }

    public static long Traffic(Def def) => (long)def.Bytes + def.Operands.Sum(x => (long)x.Size * x.Def.Type.Size());

    private static Kernel Copy(Def def, PlanContext context)
    {
        var view = def.Operands[0];
        var kernel = new MoveKernel($"copy {view.Def} -> {def}") { Traffic = 2 * (long)def.Bytes, Operations = 0 };
        kernel.Add(view, context.Address(view), context.Address(def), Views.RowMajor(view.Dims));
        return kernel;
    }

    private static Kernel Concat(Def def, PlanContext context)
    {
        var axis = ((Attributes.Axis)def.Node!.Attributes).Value;
        var strides = def.Node.Shape.Strides();
        var kernel = new MoveKernel($"concat {def.Operands.Length} -> {def}") { Traffic = 2 * (long)def.Bytes, Operations = 0 };
        nint at = 0;
        foreach (var view in def.Operands)
        {
            kernel.Add(view, context.Address(view), context.Address(def) + at * strides[axis] * def.Type.Size(), strides);
            at += view.Dims[axis];
        }
        return kernel;
    }

    private static Kernel Pad(Def def, PlanContext context)
    {
        var low = ((Attributes.Padding)def.Node!.Attributes).Low;
        var strides = def.Node.Shape.Strides();
        nint offset = 0;
        for (var axis = 0; axis < strides.Length; axis++) offset += (nint)low[axis] * strides[axis];
        var view = def.Operands[0];
        var kernel = new MoveKernel($"pad -> {def}")
        {
            Cleared = ((nint)context.Address(def), def.Bytes),
            Traffic = (long)def.Bytes + (long)view.Size * def.Type.Size(),
            Operations = 0,
        };
        if (view.Size > 0) kernel.Add(view, context.Address(view), context.Address(def) + offset * def.Type.Size(), strides);
        return kernel;
    }

    private static Kernel Scatter(Def def, PlanContext context) => def.Type switch
    {
        DType.F32 => new ScatterKernel<float>(def, context) { Traffic = Added(def), Operations = def.Operands[1].Size },
        DType.F64 => new ScatterKernel<double>(def, context) { Traffic = Added(def), Operations = def.Operands[1].Size },
        DType.I64 => new ScatterKernel<long>(def, context) { Traffic = Added(def), Operations = def.Operands[1].Size },
        DType.Bool => throw new NotSupportedException("the cpu backend has no kernel for ScatterAdd of bool"),
    };

    // The table is cleared; each row of it that is added to is read and written again.
    private static long Added(Def def) => (long)def.Bytes + 3 * (long)def.Operands[1].Size * def.Type.Size() + def.Operands[0].Size * (long)sizeof(long);

    private static Kernel ArgMax(Def def, PlanContext context) => def.Operands[0].Def.Type switch
    {
        DType.F32 => new ArgMaxKernel<float>(def, context) { Traffic = Traffic(def), Operations = def.Operands[0].Size },
        DType.F64 => new ArgMaxKernel<double>(def, context) { Traffic = Traffic(def), Operations = def.Operands[0].Size },
        DType.I64 => new ArgMaxKernel<long>(def, context) { Traffic = Traffic(def), Operations = def.Operands[0].Size },
        DType.Bool => throw new NotSupportedException("the cpu backend has no kernel for ArgMax of bool"),
    };
}
