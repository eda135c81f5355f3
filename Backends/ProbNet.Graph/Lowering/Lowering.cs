namespace ProbNet.Graph;

/// <summary>
/// Turns a graph into definitions and views: movement becomes views, copies are inserted only where a kernel needs adjacent elements, and elementwise
/// results are defined on the axes along which they vary.
/// </summary>
internal sealed class Lowering
{
    // Transposed operands of larger elementwise work are copied in blocks first rather than read element by element.
    private const int LargeTransposed = 2048;

    // Larger values that depend on constants alone are recomputed rather than kept.
    private const int LargestFixed = 1 << 16;

    private readonly List<Def> _defs = [];
    private readonly Dictionary<Tensor, View> _views = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(DType, long), Def> _scalars = [];
    private readonly Dictionary<int, Def> _ramps = [];
    private readonly Dictionary<Def, List<(View From, Def To)>> _copies = [];

    private readonly HashSet<Tensor> _virtual, _folded;
    private readonly LoweringOptions _options;

    private Lowering(TensorGraph graph, LoweringOptions options)
    {
        _options = options;
        (_virtual, _folded) = (WindowFusion.Find(graph, options.TakesWindows), WindowFusion.Folded(graph, options.TakesFold));
    }

    /// <summary>The definitions in an order in which operands come first, and those of inputs and outputs in the graph's order.</summary>
    public static Lowered Run(TensorGraph graph, LoweringOptions options)
    {
        var lowering = new Lowering(graph, options);
        foreach (var node in graph.Nodes) lowering._views.Add(node, lowering.Lower(node));
        var outputs = new View[graph.Outputs.Length];
        for (var i = 0; i < outputs.Length; i++) outputs[i] = lowering.Output(graph.Outputs[i].Value, i);
        return new(lowering._defs, [.. graph.Inputs.Select(input => lowering._views[input].Def)], outputs);
    }

    // An output is read after the run: it may not be the storage of an input, which by then may hold the next state.
    private View Output(Tensor value, int index)
    {
        var view = _views[value];
        if (!view.IsIdentity || view.Def.Kind == DefKind.Input) view = View.Whole(Copy(view), value.Shape.Array());
        if (view.Def.Output < 0) view.Def.Output = index;
        return view;
    }

    private View Lower(Tensor node)
    {
        var dims = node.Shape.Array();
        if (_options.IsKernel(node)) return Kernel(node, [.. node.Inputs.Select(x => _views[x])]);
        switch (node.Op)
        {
            case OpCode.Input:
                return View.Whole(Add(DefKind.Input, node, dims, []), dims);
            case OpCode.Constant:
                return Constant(((Attributes.Literal)node.Attributes).Value, dims);
            case OpCode.Iota:
                var axis = ((Attributes.IotaSpec)node.Attributes).Along;
                var strides = new int[dims.Length];
                strides[axis] = dims[axis] == 1 ? 0 : 1;
                return new(Ramp(dims[axis]), 0, dims, strides);
            case OpCode.StopGradient:
                return Of(node, 0);
            case OpCode.Convert when node.Inputs[0].DType == node.DType:
                return Of(node, 0);
            case OpCode.Broadcast:
                return Of(node, 0).Broadcast(dims);
            case OpCode.Reshape:
                return Of(node, 0).Reshape(dims) ?? View.Whole(Copy(Of(node, 0)), dims);
            case OpCode.Transpose:
                return Of(node, 0).Transpose(((Attributes.Axes)node.Attributes).Value.AsSpan());
            case OpCode.Slice:
                var box = (Attributes.Box)node.Attributes;
                return Of(node, 0).Slice(box.Start.AsSpan(), box.Stop.AsSpan());
            case OpCode.ReduceSum or OpCode.ReduceMax:
                return Reduce(node);
            case OpCode.RandomUniform or OpCode.RandomNormal or OpCode.RandomSign or OpCode.RandomGamma or OpCode.RandomPoisson or OpCode.RandomBinomial:
                return Draw(node);
            case OpCode.MatMul when _virtual.Contains(Of(node, 0).Def.Node!):
                return Convolution(node);
            case OpCode.MatMul when _folded.Contains(node):
                return View.Whole(new Def(-1, DefKind.Kernel, OpCode.MatMul, node.DType, Without1(dims), [Of(node, 0), Of(node, 1)], node), dims);
            case OpCode.Fold when Of(node, 0).Def is { Id: -1 } product:
                return Kernel(node, product.Operands);
            case OpCode.Unfold when _virtual.Contains(node):
                return WindowFusion.Virtual(node, [Pixels(Of(node, 0))]);
            case OpCode.Unfold or OpCode.Fold or OpCode.WindowPick or OpCode.WindowRoute:
                return Kernel(node, [.. node.Inputs.Select(x => Dense(_views[x]))]);
            case OpCode.MatMul or OpCode.Pad or OpCode.Concat:
                return Kernel(node, [.. node.Inputs.Select(x => _views[x])]);
            case OpCode.ArgMax or OpCode.Cholesky or OpCode.TriangularSolve or OpCode.ScatterAdd or OpCode.Scan:
                return Kernel(node, [.. node.Inputs.Select(x => Dense(_views[x]))]);
            case OpCode.Gather:
                return Kernel(node, [Rows(Of(node, 0)), Dense(Of(node, 1))]);
            default:
                return Map(node);
        }
    }

    private View Of(Tensor node, int operand) => _views[node.Inputs[operand]];

    /// <summary>An elementwise primitive, defined on the axes along which some operand varies.</summary>
    private View Map(Tensor node)
    {
        View[] operands = [.. node.Inputs.Select(x => _views[x])];
        var kept = Varying(operands, node.Rank, Views.Product(node.Shape.AsSpan()) == 0);
        for (var i = 0; i < operands.Length; i++) operands[i] = Straight(operands[i].Keep(kept));
        var def = Add(DefKind.Map, node, [.. kept.Select(a => node.Shape[a])], operands);
        return Repeat(def, node.Shape.Array(), kept);
    }

    private View Draw(Tensor node)
    {
        // Seed, step and draws are read by address, not by element.
        View[] operands = [.. node.Inputs.Take(3).Select(x => Dense(_views[x])), .. node.Inputs.Skip(3).Select(x => Straight(_views[x].Keep(Nontrivial(node.Shape))))];
        var dims = node.Shape.Array();
        return View.Whole(Add(DefKind.Map, node, Without1(dims), operands), dims);
    }

    private View Reduce(Tensor node)
    {
        var x = Of(node, 0);
        var axes = ((Attributes.Axes)node.Attributes).Value.AsSpan();
        List<int> kept = [], folded = [];
        for (var axis = 0; axis < x.Rank; axis++)
        {
            if (x.Dims[axis] == 1) continue;
            if (axes.Contains(axis)) folded.Add(axis);
            else if (x.Strides[axis] != 0) kept.Add(axis);
        }
        if (folded.Count == 0) return x.Keep([.. Enumerable.Range(0, x.Rank).Except(axes.ToArray())]).Reshape(node.Shape.Array())!;

        // Leading axes fold columns; trailing ones fold rows, as do all others once moved to the end.
        var leading = kept.Count > 0 && folded[^1] < kept[0];
        // Result axes count without the folded ones.
        var gone = axes.ToArray();
        if (!leading && FoldsRuns(x, kept, folded))
        {
            var run = Add(DefKind.Kernel, node, [.. kept.Select(a => x.Dims[a])], [x.Keep([.. kept, .. folded])], x.Keep([.. kept, .. folded]).Size);
            return Repeat(run, node.Shape.Array(), [.. kept.Select(a => a - gone.Count(r => r < a))]);
        }
        var operand = Straight(x.Keep(leading ? [.. folded, .. kept] : [.. kept, .. folded]));
        int[] keptDims = [.. kept.Select(a => x.Dims[a])];
        var width = Views.Product(keptDims);
        var fold = kept.Count == 0 ? new Fold(FoldForm.All, operand.Size)
            : leading ? new Fold(FoldForm.Columns, width)
            : new Fold(FoldForm.Rows, Views.Product([.. folded.Select(a => x.Dims[a])]));
        var def = Add(DefKind.Reduce, node, keptDims, [operand], operand.Size, fold);
        return Repeat(def, node.Shape.Array(), [.. kept.Select(a => a - gone.Count(r => r < a))]);
    }

    // Where adjacent elements stay, larger reductions over the axes before them read runs in place; a few folded elements at most are listed by their places.
    private static bool FoldsRuns(View x, List<int> kept, List<int> folded) =>
        x.Def.Type.IsFloat() && kept.Count > 0 && x.Strides[kept[^1]] == 1 && x.Dims[kept[^1]] >= 4 && x.Size >= LargeTransposed
        && folded.TrueForAll(a => x.Strides[a] != 1) && Views.Product([.. folded.Select(a => x.Dims[a])]) <= 256;

    private View Kernel(Tensor node, View[] operands)
    {
        var dims = node.Shape.Array();
        return View.Whole(Add(DefKind.Kernel, node, dims, operands), dims);
    }

    /// <summary>A product of windows, which reads the image instead.</summary>
    private View Convolution(Tensor node)
    {
        View windows = Of(node, 0), matrix = Of(node, 1);
        if (Depthwise(node, windows, matrix) is { } channels) return channels;
        if (matrix.Dims[^1] != 1 && matrix.Strides[^1] != 1) matrix = Dense(matrix);
        var def = Add(DefKind.Kernel, node, node.Shape.Array(), [windows.Def.Operands[0], matrix], uses: (windows.Def.Node!, WindowFusion.Use(windows)!));
        return View.Whole(def, node.Shape.Array());
    }

    /// <summary>A convolution of each channel with its own kernel, if the product is one and the channels are adjacent. Its result has adjacent channels too.</summary>
    private View? Depthwise(Tensor node, View windows, View matrix)
    {
        var (image, unfold, use) = (windows.Def.Operands[0], windows.Def.Node!, WindowFusion.Use(windows)!);
        int rank = node.Rank, groups = rank - 3;
        if (rank < 3 || node.Shape[^1] != 1 || image.Dims[^1] != 1 || image.Rank < 4 || node.Shape[groups] != image.Dims[^4] || image.Dims[^4] < 4 || image.Strides[^4] != 1) return null;
        if (!use.IsInOrder || unfold.Shape[..^3].Size != node.Shape[..^2].Size) return null;
        int[] swapped = [.. Enumerable.Range(0, groups), groups + 1, groups, groups + 2];
        if (matrix.Strides[groups] != 1)
        {
            var turned = matrix.Transpose(swapped);
            matrix = View.Whole(Copy(turned), turned.Dims).Transpose(swapped);
        }
        int[] dims = [.. swapped.Select(a => node.Shape[a])];
        var def = Add(DefKind.Kernel, node, dims, [image, matrix], uses: (unfold, use with { IsDepthwise = true }));
        return View.Whole(def, dims).Transpose(swapped);
    }

    /// <summary>An image whose channels are adjacent.</summary>
    private View Pixels(View image) => image.Dims[^1] == 1 || image.Strides[^1] == 1 ? image : View.Whole(Copy(image), image.Dims);

    /// <summary>The view over all axes of a definition that varies along the kept ones.</summary>
    private static View Repeat(Def def, int[] dims, IReadOnlyList<int> kept)
    {
        var strides = new int[dims.Length];
        for (int i = kept.Count - 1, step = 1; i >= 0; i--)
        {
            strides[kept[i]] = step;
            step *= dims[kept[i]];
        }
        return new(def, 0, dims, strides);
    }

    private static int[] Varying(View[] operands, int rank, bool empty)
    {
        var kept = new List<int>();
        for (var axis = 0; axis < rank; axis++)
        {
            if (operands[0].Dims[axis] != 1 && (empty || operands.Any(x => x.Strides[axis] != 0))) kept.Add(axis);
        }
        return [.. kept];
    }

    private static int[] Nontrivial(Shape shape) => [.. Enumerable.Range(0, shape.Rank).Where(a => shape[a] != 1)];

    private static int[] Without1(int[] dims) => [.. dims.Where(d => d != 1)];

    /// <summary>The view, or a copy of it where element-by-element reading would cross memory in long steps.</summary>
    private View Straight(View view)
    {
        var (dims, strides) = view.Merged();
        if (view.Size < LargeTransposed || dims.Count < 2 || strides[^1] is 0 or 1) return view;
        // A broadcast is copied at its own size.
        int[] varying = [.. Enumerable.Range(0, view.Rank).Where(a => view.Dims[a] != 1 && view.Strides[a] != 0)];
        return Repeat(Copy(view.Keep(varying)), view.Dims, varying);
    }

    private View Dense(View view) => view.IsDense ? view : View.Whole(Copy(view), view.Dims);

    /// <summary>Rows of adjacent elements, at any distance from each other.</summary>
    private View Rows(View table) => table.Keep([.. Enumerable.Range(1, table.Rank - 1)]).IsDense ? table : View.Whole(Copy(table), table.Dims);

    private Def Copy(View view)
    {
        if (!_copies.TryGetValue(view.Def, out var made)) _copies.Add(view.Def, made = []);
        foreach (var (from, to) in made)
        {
            if (from.Same(view)) return to;
        }
        var def = new Def(_defs.Count, DefKind.Kernel, OpCode.StopGradient, view.Def.Type, view.Dims, [view], null) { Fixed = view.Def.Fixed && _options.HoistsFixed };
        _defs.Add(def);
        made.Add((view, def));
        return def;
    }

    private View Constant(HostTensor value, int[] dims)
    {
        if (value.Data.Length > 0 && IsUniform(value)) return new(Scalar(value), 0, dims, new int[dims.Length]);
        var def = new Def(_defs.Count, DefKind.Constant, OpCode.Constant, value.DType, Without1(dims), [], null) { Value = value, Fixed = true };
        _defs.Add(def);
        return View.Whole(def, dims);
    }

    private Def Scalar(HostTensor value)
    {
        var key = (value.DType, Bits(value, 0));
        if (_scalars.TryGetValue(key, out var def)) return def;
        var one = HostTensor.Zeros(value.DType, Shape.Scalar);
        Array.Copy(value.Data, one.Data, 1);
        def = new Def(_defs.Count, DefKind.Constant, OpCode.Constant, value.DType, [], [], null) { Value = one, Fixed = true };
        _defs.Add(def);
        _scalars.Add(key, def);
        return def;
    }

    private Def Ramp(int size)
    {
        if (_ramps.TryGetValue(size, out var def)) return def;
        var values = new long[size];
        for (var i = 0; i < size; i++) values[i] = i;
        def = new Def(_defs.Count, DefKind.Constant, OpCode.Iota, DType.I64, size == 1 ? [] : [size], [], null) { Value = HostTensor.Of(Shape.Create([size]), values), Fixed = true };
        _defs.Add(def);
        _ramps.Add(size, def);
        return def;
    }

    private static bool IsUniform(HostTensor value)
    {
        var first = Bits(value, 0);
        for (var i = 1; i < value.Data.Length; i++)
        {
            if (Bits(value, i) != first) return false;
        }
        return true;
    }

    private static long Bits(HostTensor value, int index) =>
        value.Data is long[] l ? l[index] : BitConverter.DoubleToInt64Bits(value[index]);

    private Def Add(DefKind kind, Tensor node, int[] dims, View[] operands, int? space = null, Fold fold = default, (Tensor, WindowUse)? uses = null)
    {
        var known = _options.HoistsFixed && kind != DefKind.Input && Array.TrueForAll(operands, x => x.Def.Fixed) && Views.Product(dims) <= LargestFixed;
        var def = new Def(_defs.Count, kind, node.Op, node.DType, Without1(dims), operands, node)
        {
            Space = space ?? Views.Product(dims),
            Fold = fold,
            Fixed = known,
            Windows = uses,
        };
        _defs.Add(def);
        return def;
    }
}

/// <summary>What a backend has of its own.</summary>
/// <param name="TakesWindows">Whether a product can read windows, as it uses them, from the image.</param>
/// <param name="TakesFold">Whether the windows that a product makes can be added onto the image at once; from the fold and the product.</param>
/// <param name="HoistsFixed">Whether small values that depend on no input are computed once, when the plan is made.</param>
/// <param name="IsKernel">Whether a node that regions could compute element by element is a kernel instead.</param>
internal sealed record LoweringOptions(Func<WindowUse, bool> TakesWindows, Func<Tensor, Tensor, bool> TakesFold, bool HoistsFixed, Func<Tensor, bool> IsKernel)
{
    /// <summary>Windows are fused, fixed values are hoisted, and regions compute all they can.</summary>
    public static LoweringOptions All { get; } = new(static _ => true, static (_, _) => true, true, static _ => false);
}

/// <summary>A graph as definitions.</summary>
/// <param name="Defs">Operands before users.</param>
/// <param name="Inputs">Where each input is written.</param>
/// <param name="Outputs">What each output is; always a whole definition.</param>
internal sealed record Lowered(List<Def> Defs, Def[] Inputs, View[] Outputs);
