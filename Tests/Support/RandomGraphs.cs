using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Tests.Support;

/// <summary>
/// Random well-typed graphs over all primitives, for tests that compare two ways of computing the same values. Values stay moderate (finite, below
/// 50), and a graph is well conditioned: with every floating-point node disturbed by 1e-4 relative, no value moves by more than 0.03 (1 + |value|) and no
/// integer or truth value changes, so that rounding moves results by at most a few hundred times itself.
/// </summary>
public static class RandomGraphs
{
    /// <summary>A graph of about <paramref name="nodes"/> nodes, floating-point ones of type <paramref name="type"/>, with values for its inputs.</summary>
    public static (TensorGraph Graph, HostTensor[] Inputs) Generate(int seed, DType type, int nodes)
    {
        var pool = new Pool(seed, type);
        (Tensor Node, HostTensor Value)[] inputs =
        [
            pool.Input("a", [2, 3]), pool.Input("b", [3, 5]), pool.Input("c", [5]), pool.Input("d", []), pool.Input("e", [2, 3, 5]),
            pool.Input("rows", HostTensor.Of([4], [1, 0, 1, 1])), pool.Input("seed", HostTensor.Scalar(seed * 7919L)),
            pool.Input("draws", HostTensor.Of([2], [3, 11])), pool.Input("mask", HostTensor.Of([2, 3], [true, false, true, true, false, false])),
        ];
        // Every primitive in turn, in an order that differs by seed; a primitive that finds no operands is passed over.
        var ops = Enum.GetValues<OpCode>().Where(op => op != OpCode.Input).ToArray();
        for (var tries = 0; pool.Count < nodes && tries < 40 * nodes; tries++)
        {
            if (tries % ops.Length == 0) pool.Random.Shuffle(ops);
            pool.Grow(ops[tries % ops.Length]);
        }
        var graph = new TensorGraph(inputs.Select(input => input.Node), pool.Outputs().Select((value, i) => ($"y{i}", value)));
        return (graph, [.. inputs.Select(input => input.Value)]);
    }

    /// <summary>The nodes made so far with their values, plain and disturbed.</summary>
    private sealed class Pool(int seed, DType type)
    {
        private readonly List<Tensor> _nodes = [];
        private readonly Dictionary<Tensor, (HostTensor Plain, HostTensor Disturbed)> _values = [];
        private readonly HashSet<Tensor> _used = [];

        public Random Random { get; } = new(seed);

        public int Count => _nodes.Count;

        /// <summary>The nodes without users and a few others.</summary>
        public IEnumerable<Tensor> Outputs() => _nodes.Where(node => !_used.Contains(node) || Random.Next(8) == 0);

        public (Tensor, HostTensor) Input(string name, Shape shape) =>
            Input(name, HostTensor.FromDoubles(type, shape, [.. Enumerable.Range(0, shape.Size).Select(_ => Random.NextDouble() * 3 - 1.2)]));

        public (Tensor, HostTensor) Input(string name, HostTensor value)
        {
            var node = TensorMath.Input(name, value.DType, value.Shape);
            _nodes.Add(node);
            _values[node] = (value, Disturb(value));
            return (node, value);
        }

        /// <summary>Adds a node of the given primitive with whatever it needs, if its operands exist and its values are moderate.</summary>
        public void Grow(OpCode op)
        {
            if (Proposals.Make(op, this, type) is not { } proposal) return;
            var fresh = new List<Tensor>();
            foreach (var node in Topology.Sort([proposal]))
            {
                if (_values.ContainsKey(node)) continue;
                var rule = OpTable.Rule(node.Op);
                var plain = rule.Evaluate(node, [.. node.Inputs.Select(x => _values[x].Plain)]);
                var disturbed = Disturb(rule.Evaluate(node, [.. node.Inputs.Select(x => _values[x].Disturbed)]));
                // Parameters of rejection samplers and constants are exact on both sides.
                if (node.Op == OpCode.Constant) disturbed = plain;
                _values[node] = (plain, disturbed);
                fresh.Add(node);
                if (Moderate(plain, disturbed)) continue;
                foreach (var undone in fresh) _values.Remove(undone);
                return;
            }
            foreach (var node in fresh)
            {
                _nodes.Add(node);
                foreach (var operand in node.Inputs) _used.Add(operand);
            }
        }

        /// <summary>A random node that satisfies a condition, or null.</summary>
        public Tensor? Pick(Func<Tensor, bool> condition)
        {
            var fitting = _nodes.Where(condition).ToArray();
            return fitting.Length == 0 ? null : fitting[Random.Next(fitting.Length)];
        }

        public Tensor? PickFloat(int minimumRank = 0) => Pick(x => x.DType == type && x.Rank >= minimumRank && x.Shape.Size > 0);

        public bool AllBetween(Tensor x, double low, double high) => _values[x].Plain.ToDoubles().All(v => v >= low && v <= high);

        private static bool Moderate(HostTensor plain, HostTensor disturbed)
        {
            if (plain.Shape.Size > 400) return false;
            for (var i = 0; i < plain.Data.Length; i++)
            {
                double x = plain[i], y = disturbed[i];
                if (plain.DType.IsFloat() ? !(Math.Abs(x) < 50 && Math.Abs(x - y) <= 0.03 * (1 + Math.Abs(x))) : x != y) return false;
            }
            return true;
        }

        private HostTensor Disturb(HostTensor value)
        {
            if (!value.DType.IsFloat()) return value;
            return HostTensor.FromDoubles(value.DType, value.Shape, [.. value.ToDoubles().Select(v => v * (1 + 1e-4 * Sided()) + 1e-5 * Sided())]);

            double Sided() => 2 * Random.NextDouble() - 1;
        }
    }

    /// <summary>One random application of each primitive.</summary>
    private static class Proposals
    {
        public static Tensor? Make(OpCode op, Pool pool, DType type)
        {
            var random = pool.Random;
            switch (op)
            {
                case OpCode.Input:
                    return null;
                case OpCode.Constant:
                    Shape[] shapes = [[], [3], [5], [2, 3], [3, 5]];
                    var shape = shapes[random.Next(shapes.Length)];
                    return Constant(HostTensor.FromDoubles(type, shape, [.. Enumerable.Range(0, shape.Size).Select(_ => random.Next(-4, 5) / 2.0)]));
                case OpCode.Iota:
                    return pool.Pick(x => x.Rank > 0 && x.Shape.Size > 0) is { } like ? Iota(like.Shape, random.Next(like.Rank)) : null;
                case OpCode.Not:
                    return pool.Pick(x => x.DType == DType.Bool) is { } truth ? Not(truth) : null;
                case OpCode.And or OpCode.Or:
                    return pool.Pick(x => x.DType == DType.Bool) is { } first && Partner(pool, first) is { } second ? Binary(op, first, second) : null;
                case OpCode.Polygamma:
                    return pool.PickFloat() is { } p ? Polygamma(random.Next(3), Softplus(p) + 0.3) : null;
                case OpCode.Log or OpCode.Sqrt or OpCode.Lgamma:
                    return pool.PickFloat() is { } positive ? Unary(op, random.Next(2) == 0 ? positive : Abs(positive) + 0.2) : null;
                case OpCode.Pow:
                    return pool.PickFloat() is { } b && Partner(pool, b) is { } exponent ? Pow(Abs(b) + 0.2, exponent) : null;
                case OpCode.Convert:
                    DType[] types = [DType.F32, DType.F64, DType.I64, DType.Bool];
                    // Only back and forth, so that all floating-point nodes kept in the pool are of one type.
                    return pool.Pick(_ => true) is { } c ? Convert(Convert(c, types[random.Next(4)]), type) : null;
                case OpCode.Equal or OpCode.Less or OpCode.LessEqual or OpCode.Add or OpCode.Sub or OpCode.Mul or OpCode.Max or OpCode.Min:
                    return pool.Pick(x => x.DType is not DType.Bool && (x.DType.IsFloat() || random.Next(3) == 0)) is { } left && Partner(pool, left) is { } right
                        ? random.Next(2) == 0 ? Binary(op, left, right) : Binary(op, right, left)
                        : null;
                case OpCode.Div:
                    return pool.PickFloat() is { } n && Partner(pool, n) is { } d ? n / d : null;
                case OpCode.Select:
                    return pool.PickFloat() is { } x && Partner(pool, x) is { } y && pool.Pick(t => t.DType == DType.Bool && Fits(t.Shape, x.Shape)) is { } condition
                        ? Select(condition, x, y)
                        : null;
                case OpCode.GammaPathwise:
                    return pool.PickFloat() is { } a && Partner(pool, a) is { } s && s.Shape == a.Shape
                        ? Tensor.Create(op, [Softplus(a) + 0.1, Softplus(s) + 0.05], Attributes.None.Value)
                        : null;
                default:
                    return OpTable.Rule(op).Kind switch
                    {
                        OpKind.Elementwise => pool.PickFloat() is { } u ? Unary(op, u) : null,
                        OpKind.Movement => pool.Pick(m => m.Shape.Size > 0) is { } m ? Moved(op, m, random) : null,
                        OpKind.Indexing => Indexed(op, pool),
                        OpKind.Reduction => pool.PickFloat(1) is { } r ? Reduced(op, r, random) : null,
                        OpKind.LinearAlgebra => Algebra(op, pool),
                        OpKind.Window => Windowed(op, pool),
                        OpKind.Random => Drawn(op, pool, type),
                        OpKind.Loop => Looped(pool, type),
                        OpKind.Leaf => null,
                    };
            }
        }

        /// <summary>A node of the same type whose shape broadcasts with the given one.</summary>
        private static Tensor? Partner(Pool pool, Tensor x) => pool.Pick(y => y.DType == x.DType && Fits(y.Shape, x.Shape));

        private static bool Fits(Shape small, Shape large) => Shape.Broadcast(small, large) == large;

        private static Tensor Moved(OpCode op, Tensor x, Random random)
        {
            var rank = x.Rank;
            switch (op)
            {
                case OpCode.Broadcast:
                    return BroadcastTo(random.Next(2) == 0 ? x : ExpandDims(x, 0), x.Shape.Prepend(random.Next(1, 4)));
                case OpCode.Reshape when rank > 1:
                    return random.Next(2) == 0 ? Reshape(x, [x.Shape.Size]) : Reshape(x, Shape.Create([x.Shape[0] * x.Shape[1]]).Concat(x.Shape[2..]));
                case OpCode.Reshape:
                    return ExpandDims(x, random.Next(rank + 1));
                case OpCode.Transpose:
                    var axes = Enumerable.Range(0, rank).ToArray();
                    random.Shuffle(axes);
                    return Transpose(x, [.. axes]);
                case OpCode.Slice:
                    int[] start = [.. x.Shape.Select(n => random.Next(n))];
                    return Slice(x, [.. start], [.. x.Shape.Select((n, i) => random.Next(start[i], n) + 1)]);
                case OpCode.Pad:
                    return Pad(x, [.. x.Shape.Select(_ => random.Next(2))], [.. x.Shape.Select(_ => random.Next(3))]);
                default:
                    return rank == 0 ? Stack([x, x], 0) : Tensor.Create(OpCode.Concat, [x, x, SliceAxis(x, rank - 1, 0, 1)], new Attributes.Axis(rank - 1));
            }
        }

        private static Tensor? Looped(Pool pool, DType type)
        {
            if (pool.PickFloat(1) is not { } sequence || pool.PickFloat() is not { } start || Partner(pool, start) is not { } weight) return null;
            var loop = Loops.Scan(type, sequence.Shape[0], [start], [sequence], (carries, slices) =>
            {
                var next = Tanh(carries[0] * 0.5 + weight) + 0.25 * Sum(Sin(slices[0]), [.. Enumerable.Range(0, slices[0].Rank)]);
                return new([next], [slices[0] * 0.5, Square(next)]);
            }, pool.Random.Next(2) == 0);
            return pool.Random.Next(3) switch { 0 => loop.Carries[0], 1 => loop.Outputs[1], _ => loop.Node };
        }

        private static Tensor? Indexed(OpCode op, Pool pool)
        {
            if (pool.PickFloat(1) is not { } x) return null;
            var rows = x.Shape[0];
            if (op == OpCode.Gather) return pool.Pick(i => i.DType == DType.I64 && pool.AllBetween(i, 0, rows - 1)) is { } indices ? Gather(x, indices) : null;
            const int target = 3;
            return pool.Pick(i => i.DType == DType.I64 && i.Rank == 1 && i.Shape[0] == rows && pool.AllBetween(i, 0, target - 1)) is { } places
                ? ScatterAdd(x.Shape.With(0, target), places, x)
                : null;
        }

        private static Tensor Reduced(OpCode op, Tensor x, Random random)
        {
            if (op == OpCode.ArgMax) return ArgMax(x);
            int[] axes = [.. Enumerable.Range(0, x.Rank).Where(_ => random.Next(2) == 0)];
            if (axes.Length == 0) axes = [random.Next(x.Rank)];
            return op == OpCode.ReduceSum ? Sum(x, axes) : ReduceMax(x, axes);
        }

        private static Tensor? Algebra(OpCode op, Pool pool)
        {
            if (pool.PickFloat(2) is not { } x) return null;
            if (op == OpCode.MatMul)
            {
                return pool.Pick(y => y.DType == x.DType && y.Rank >= 2 && y.Shape[^2] == x.Shape[^1] && Shape.Broadcast(x.Shape[..^2], y.Shape[..^2]) is not null) is { } y
                    ? MatMul(x, y)
                    : MatMul(x, TransposeLast(x));
            }
            var square = MatMul(x, TransposeLast(x));
            var definite = square + Convert(Equal(Iota(square.Shape, -1), Iota(square.Shape, -2)), x.DType) * 2;
            var lower = Cholesky(definite);
            return op == OpCode.Cholesky ? lower : TriangularSolve(lower, x, pool.Random.Next(2) == 0);
        }

        /// <summary>Windows of any floating-point node, made an image of a few channels; convolved and laid back, so that the forms that backends fuse occur.</summary>
        private static Tensor? Windowed(OpCode op, Pool pool)
        {
            if (pool.PickFloat(1) is not { } x || x.Shape.Size == 0) return null;
            var random = pool.Random;
            var image = x.Rank >= 3 ? x : Reshape(x, Shape.Create([.. Enumerable.Repeat(1, 3 - x.Rank)]).Concat(x.Shape));
            WindowAxis rows = Axis(image.Shape[^3]), columns = Axis(image.Shape[^2]);
            switch (op)
            {
                case OpCode.Unfold:
                    var unfolded = Windows.Unfold(image, rows, columns);
                    if (random.Next(3) == 0) return unfolded;
                    var kernel = Constant(HostTensor.FromDoubles(x.DType, [unfolded.Shape[^1], 3], [.. Enumerable.Range(0, 3 * unfolded.Shape[^1]).Select(_ => random.Next(-4, 5) / 4.0)]));
                    var flat = Reshape(unfolded, [unfolded.Shape[..^1].Size, unfolded.Shape[^1]]);
                    return random.Next(2) == 0 ? MatMul(flat, kernel) : MatMul(TransposeLast(flat), MatMul(flat, kernel));
                case OpCode.Fold:
                    return Windows.Fold(Windows.Unfold(image, rows, columns), rows, columns);
                case OpCode.WindowPick:
                    return Windows.MaxPool(image, rows, columns);
                default:
                    return Windows.WindowRoute(image, Windows.MaxPool(image, rows, columns), rows, columns);
            }

            WindowAxis Axis(int size)
            {
                var window = random.Next(1, Math.Min(size, 3) + 1);
                return random.Next(2) == 0 ? WindowAxis.Same(size, window, random.Next(1, 3)) : WindowAxis.Valid(size, window, random.Next(1, 3));
            }
        }

        private static Tensor? Drawn(OpCode op, Pool pool, DType type)
        {
            var step = Constant(HostTensor.Scalar(pool.Random.Next(1000)));
            var draw = pool.Random.Next(2) == 0 ? Constant(HostTensor.Scalar(5L)) : Named("draws");
            var source = new RandomSource(Named("seed"), step, draw).Named("site" + pool.Random.Next(100));
            Shape[] shapes = [[], [3], [5, 3], [7]];
            var shape = shapes[pool.Random.Next(shapes.Length)];
            // A rejection sampler jumps where its parameter moves by a rounding error, so parameters are literal.
            Tensor Literal(Func<double> next) => Constant(HostTensor.FromDoubles(type, source.Draw.Shape.Concat(shape),
                [.. Enumerable.Range(0, source.Draw.Shape.Concat(shape).Size).Select(_ => next())]));
            var parameter = Literal(() => pool.Random.Next(1, 30) / 2.0);
            return op switch
            {
                OpCode.RandomUniform => source.Uniform(type, shape),
                OpCode.RandomNormal => source.Normal(type, shape),
                OpCode.RandomSign => source.Sign(type, shape),
                OpCode.RandomGamma => source.Gamma(parameter),
                OpCode.RandomBinomial => source.Binomial(Literal(() => pool.Random.Next(60)), Literal(() => pool.Random.Next(9) / 8.0)),
                _ => source.Poisson(parameter),
            };

            Tensor Named(string name) => pool.Pick(x => x.Op == OpCode.Input && x.InputName() == name)!;
        }
    }
}
