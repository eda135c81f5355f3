using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>Each rewrite by name: the expression it starts from, the primitives that are left, and the same values on awkward inputs.</summary>
public sealed class SimplifyTests
{
    private static readonly Tensor X = Eval.F64("x", [2, 3]), Y = Eval.F64("y", [2, 3]), Row = Eval.F64("row", [3]), S = Eval.F64("s", []);
    private static readonly Tensor Z = Eval.F64("z", [2, 3, 5]), W = Eval.F64("w", [2, 3, 5]);
    private static readonly Tensor C = Input("c", DType.Bool, [2, 3]), N = Input("n", DType.I64, [2, 3]), Single = Input("f", DType.F32, [2, 3]);

    private static readonly double[][] Awkward =
    [
        [1.5, -2, 0.3, 7, -0.1, 11], [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300], [3, -1e-310, 2.5, -4, 1e-300, 0],
    ];

    /// <summary>Expression and what is left of it: the primitives in topological order without leaves.</summary>
    private static IEnumerable<(string Name, Tensor Before, string After)> Cases()
    {
        yield return ("x + 0", X + 0, "");
        yield return ("0 + x", 0 + X, "");
        yield return ("x - 0", X - 0, "");
        yield return ("0 - x", 0 - X, "neg");
        yield return ("x * 1", X * 1, "");
        yield return ("-1 * x", -1 * X, "neg");
        yield return ("x * 0 keeps NaN", X * 0, "broadcast mul");
        yield return ("x - x keeps NaN", X - X, "sub");
        yield return ("x / x keeps NaN", X / X, "div");
        yield return ("-(-x)", -(-X), "");
        yield return ("x + (-y)", X + -Y, "sub");
        yield return ("(-x) + y", -X + Y, "sub");
        yield return ("x - (-y)", X - -Y, "add");
        yield return ("-(x - y)", -(X - Y), "sub");
        yield return ("(-x) * (-y)", -X * -Y, "mul");
        yield return ("(-x) * y + x", -X * Y + X, "mul sub");
        yield return ("(-x) * 3", -X * 3, "broadcast mul");
        yield return ("-(x * 3)", -(X * 3), "broadcast mul");
        yield return ("(-x) / (-y)", -X / -Y, "div");
        yield return ("x / 1", X / 1, "");
        yield return ("x / 8 is exact as a product", X / 8, "broadcast mul");
        yield return ("x / 3 is not", X / 3, "broadcast div");
        yield return ("x / 0 is not", X / 0, "broadcast div");
        yield return ("x ^ 1", Pow(X, Like(X, 1)), "");
        yield return ("x ^ 2", Pow(X, Like(X, 2)), "mul");
        yield return ("x ^ 0", Pow(X, Like(X, 0)), "broadcast");
        yield return ("x ^ -1", Pow(X, Like(X, -1)), "broadcast div");
        yield return ("x ^ 0.5 is not the root at -0 and -inf", Pow(X, Like(X, 0.5)), "broadcast pow");
        yield return ("max(x, x)", Max(X, X), "");
        yield return ("| -x |", Abs(-X), "abs");
        yield return ("| |x| |", Abs(Abs(X)), "abs");
        yield return ("n * 1", N * 1, "");
        yield return ("n = n", Equal(N, N), "broadcast");
        yield return ("x = x asks for NaN", Equal(X, X), "equal");
        yield return ("x < x", Less(X, X), "broadcast");
        yield return ("not not c", Not(Not(C)), "");
        yield return ("c and true", And(C, Constant(DType.Bool, 1)), "");
        yield return ("c and false", And(C, Constant(DType.Bool, 0)), "broadcast");
        yield return ("false or c", Or(Constant(DType.Bool, 0), C), "");
        yield return ("c or c", Or(C, C), "");
        yield return ("select by true", Select(Constant(DType.Bool, 1), X, Y), "");
        yield return ("select by false", Select(Constant(DType.Bool, 0), X, Y), "");
        yield return ("select of equals", Select(C, X, X), "");
        yield return ("select by not", Select(Not(C), X, Y), "select");
        yield return ("single to double and back", Convert(Convert(Single, DType.F64), DType.F32), "");
        yield return ("double to single and back rounds", Convert(Convert(X, DType.F32), DType.F64), "convert convert");
        yield return ("truth to integer to double", Convert(Convert(C, DType.I64), DType.F64), "convert");
        yield return ("stopped gradient", StopGradient(X) + Y, "add");
        yield return ("reshape of reshape", Reshape(Reshape(X, [6]), [3, 2]), "reshape");
        yield return ("reshape back", Reshape(Reshape(X, [6]), [2, 3]), "");
        yield return ("transpose twice", TransposeLast(TransposeLast(X)), "");
        yield return ("transpose of transpose", Transpose(Transpose(Reshape(X, [2, 3, 1]), [2, 0, 1]), [1, 0, 2]), "reshape");
        yield return ("transpose of unit axes", Transpose(Reshape(X, [2, 1, 3]), [1, 0, 2]), "reshape");
        yield return ("broadcast of broadcast", BroadcastTo(BroadcastTo(Row, [2, 3]), [5, 2, 3]), "broadcast");
        yield return ("broadcast that only adds an axis", BroadcastTo(X, [1, 2, 3]), "reshape");
        yield return ("broadcast of an added axis", BroadcastTo(Reshape(Row, [1, 3]), [2, 3]), "broadcast");
        yield return ("reshape of a repeated scalar", Reshape(BroadcastTo(S, [2, 3]), [6]), "broadcast");
        yield return ("slice of everything", Slice(X, [0, 0], [2, 3]), "");
        yield return ("slice of slice", Slice(Slice(X, [0, 1], [2, 3]), [1, 0], [2, 1]), "slice");
        yield return ("slice inside padding", Slice(Pad(X, [1, 2], [1, 0]), [1, 3], [3, 5]), "slice");
        yield return ("slice reaching into padding", Slice(Pad(X, [1, 2], [1, 0]), [0, 3], [3, 5]), "pad slice");
        yield return ("slice of one part", SliceAxis(Concat([X, Y, X], 1), 1, 4, 6), "slice");
        yield return ("slice of two parts", SliceAxis(Concat([X, Y, X], 1), 1, 2, 4), "concat slice");
        yield return ("pad by nothing", Pad(X, [0, 0], [0, 0]), "");
        yield return ("pad of pad", Pad(Pad(X, [1, 0], [0, 2]), [0, 1], [3, 0]), "pad");
        yield return ("concat of adjacent slices", Concat([SliceAxis(X, 1, 0, 1), SliceAxis(X, 1, 1, 3)], 1), "");
        yield return ("concat of slices in the other order", Concat([SliceAxis(X, 1, 1, 3), SliceAxis(X, 1, 0, 1)], 1), "slice slice concat");
        yield return ("concat with an empty part", Concat([X, SliceAxis(Y, 1, 0, 0)], 1), "");
        yield return ("sum over unit axes", Sum(Reshape(X, [2, 1, 3]), 1), "");
        yield return ("sum of sum", Sum(Sum(X, 1), 0), "reduceSum");
        yield return ("sum of a middle axis, then of others", Sum(Sum(Reshape(X, [1, 2, 3]), 1), 0, 1), "reshape reduceSum");
        yield return ("max of max", ReduceMax(ReduceMax(X, 1), 0), "reduceMax");
        yield return ("sum of a repeated row", Sum(BroadcastTo(Row, [2, 3]), 0), "broadcast mul");
        yield return ("sum of a repeated row over both axes", SumAll(BroadcastTo(Row, [2, 3])), "reduceSum mul");
        yield return ("sum of a repeated row over its own axis", Sum(BroadcastTo(Row, [2, 3]), 1), "reduceSum broadcast");
        yield return ("max of a repeated row", ReduceMax(BroadcastTo(Row, [2, 3]), 0), "");
        yield return ("max of a repeated column over both axes", ReduceMax(BroadcastTo(Reshape(Row, [3, 1]), [3, 5]), 0, 1), "reshape reduceMax reshape");
        yield return ("sum of -x", SumAll(-X), "reduceSum neg");
        yield return ("exp of a repeated row", Exp(BroadcastTo(Row, [2, 3])) * X, "exp broadcast mul");
        yield return ("row times scalar, repeated", BroadcastTo(Row, [2, 3]) * BroadcastTo(S, [2, 3]), "broadcast mul broadcast");
        yield return ("outer product stays", BroadcastTo(Reshape(Row, [3, 1]), [3, 3]) * BroadcastTo(Row, [3, 3]), "reshape broadcast broadcast mul");
        yield return ("shared right operand", MatMul(Reshape(X, [2, 1, 3]), BroadcastTo(Reshape(Row, [3, 1]), [2, 3, 1])), "reshape matMul reshape");
        yield return ("sum of products over a batch", Sum(MatMul(TransposeLast(Z), Z * W), 0), "reshape transpose mul reshape matMul");
        yield return ("sum of products over rows", Sum(MatMul(TransposeLast(Z), W), 1), "transpose matMul reduceSum");
        yield return ("sum of products over part of a batch", Sum(MatMul(TransposeLast(Reshape(Z, [1, 2, 3, 5])), Reshape(W, [1, 2, 3, 5])), 1),
            "reshape transpose reshape matMul reduceSum");
        yield return ("literals", (Constant(DType.F64, 2) + 3) * X, "broadcast mul");
        yield return ("triangle of a literal shape", Select(LessEqual(Iota([2, 3], 1), Iota([2, 3], 0)), X, ZerosLike(X)), "broadcast select");
    }

    [Fact]
    public void EachRewriteLeavesWhatItShould()
    {
        foreach (var (name, before, after) in Cases())
        {
            var optimised = Pipeline.Optimize(Graph(before), verifyEach: true);
            var left = string.Join(" ", optimised.Nodes.Where(node => !node.Inputs.IsEmpty).Select(node => Printer.Name(node.Op)));
            Assert.True(left == after, $"{name}: left '{left}', expected '{after}'");
        }
    }

    [Fact]
    public void EachRewriteKeepsTheValues()
    {
        foreach (var (name, before, _) in Cases())
        {
            for (var turn = 0; turn < Awkward.Length; turn++)
            {
                var graph = Graph(before);
                HostTensor[] inputs = [.. graph.Inputs.Select((input, i) => Value(input, Awkward[(turn + i) % Awkward.Length]))];
                var optimised = Pipeline.Optimize(graph);
                Same.Close(Reference.Evaluate(graph, inputs)[0], Reference.Evaluate(optimised, inputs)[0], 1e-15, $"{name}, turn {turn}");
            }
        }
    }

    [Fact]
    public void LiteralZerosOfEitherSignStayApart()
    {
        var graph = new TensorGraph([], [("plus", 1 / Constant(DType.F64, 0.0)), ("minus", 1 / Constant(DType.F64, -0.0))]);
        var values = Reference.Evaluate(Pipeline.Optimize(graph), []);
        Assert.Equal((double.PositiveInfinity, double.NegativeInfinity), (values[0][0], values[1][0]));
    }

    [Fact]
    public void EqualExpressionsMerge()
    {
        var source = new RandomSource(Draws.Scalar(1), Draws.Scalar(2), Draws.Scalar(3), 4);
        var graph = new TensorGraph([X, Y],
        [
            ("a", Sin(X * Y) + Sin(Y * X)), ("b", source.Normal(DType.F64, [3]) + source.Normal(DType.F64, [3])),
            ("c", source.Named("other").Normal(DType.F64, [3])), ("d", X - Y), ("e", Y - X),
        ]);
        var merged = Pipeline.Cse.Run(graph).Nodes;
        Assert.Single(merged, node => node.Op == OpCode.Sin);
        Assert.Equal(2, merged.Count(node => node.Op == OpCode.RandomNormal));
        Assert.Equal(2, merged.Count(node => node.Op == OpCode.Sub));
    }

    [Fact]
    public void LongLiteralsThatDifferAtTheEndStayApart()
    {
        double[] first = new double[40], second = [.. first[..39], 1];
        var graph = new TensorGraph([], [("a", Constant(HostTensor.Of([40], first))), ("b", Constant(HostTensor.Of([40], second)))]);
        Assert.Equal(2, Pipeline.Cse.Run(graph).Nodes.Length);
    }

    [Fact]
    public void FoldingIsLimitedInSizeAndLeavesDrawsAndFaultsAlone()
    {
        var large = Exp(Constant(HostTensor.Zeros(DType.F64, [4097])));
        var draw = new RandomSource(Draws.Scalar(1), Draws.Scalar(2), Draws.Scalar(3), 4).Uniform(DType.F64, [2]);
        var fault = Gather(Constant(HostTensor.Zeros(DType.F64, [3])), Constant(HostTensor.Of([1], [3])));
        var graph = new TensorGraph([], [("large", large), ("draw", draw), ("fault", fault)]);
        Assert.Equal([OpCode.Exp, OpCode.RandomUniform, OpCode.Gather], Pipeline.Optimize(graph).Outputs.Select(output => output.Value.Op));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reference.Evaluate(graph.WithOutputs([("fault", fault)]), []));
    }

    [Fact]
    public void UnusedNodesGoAndInputsStay()
    {
        var optimised = Pipeline.Optimize(new([X, Y], [("y", Select(Constant(DType.Bool, 1), X, Exp(Y)))]));
        Assert.Equal(2, optimised.Nodes.Length);
        Assert.Same(X, optimised.Nodes[0]);
        Assert.Same(Y, optimised.Nodes[1]);
    }

    [Fact]
    public void OriginsSurvive()
    {
        var origin = new Origin("s", "m.prob:3:1");
        var optimised = Pipeline.Optimize(Graph((X + -Y).WithOrigin(origin)));
        Assert.Equal(origin, optimised.Outputs[0].Value.Origin);
    }

    private static TensorGraph Graph(Tensor output) => new(Topology.Sort([output]).Where(node => node.Op == OpCode.Input), [("y", output)]);

    private static HostTensor Value(Tensor input, double[] values) => Elementwise.Cycle(input.DType, input.Shape, values);
}
