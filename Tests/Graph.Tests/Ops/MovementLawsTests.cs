using FsCheck;
using FsCheck.Fluent;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph.Tests;

/// <summary>
/// Laws of the linear primitives on random shapes, empty and unit axes included: the VJP is the adjoint, &lt;g, f(x)&gt; = &lt;f*(g), x&gt;, exactly on small
/// integers; batching equals a loop; optimisation keeps the value.
/// </summary>
public sealed class MovementLawsTests
{
    private static readonly Config Replayed = Config.QuickThrowOnFailure.WithReplay(20240607, 17).WithMaxTest(200);

    private static Gen<Shape> Shapes(int minimumRank) =>
        from rank in Gen.Choose(minimumRank, 4)
        from dims in Gen.Choose(0, 12).Select(n => n % 5 == 0 ? n % 2 : n % 4 + 1).ArrayOf(rank)
        select Shape.Create(dims);

    [Fact]
    public void Broadcast() => Holds(
        from shape in Shapes(0)
        from front in Shapes(0)
        from grown in Gen.Choose(2, 3)
        let target = Shape.Create([.. shape.Select(n => n == 1 ? grown : n)])
        select (shape, (Func<Tensor, Tensor>)(x => BroadcastTo(x, (front.Rank > 2 ? front[..2] : front).Concat(target)))));

    [Fact]
    public void Reshapes() => Holds(
        from shape in Shapes(1)
        from at in Gen.Choose(0, shape.Rank - 1)
        select (shape, (Func<Tensor, Tensor>)(x => Reshape(x, shape[..at].Concat([shape[at..].Size])))));

    [Fact]
    public void Transposes() => Holds(
        from shape in Shapes(0)
        from order in Gen.Choose(0, 1_000_000).ArrayOf(shape.Rank)
        let permutation = Enumerable.Range(0, shape.Rank).OrderBy(i => order[i]).ToEqArray()
        select (shape, (Func<Tensor, Tensor>)(x => Transpose(x, permutation))));

    [Fact]
    public void Slices() => Holds(
        from shape in Shapes(0)
        from cuts in Gen.Choose(0, 1_000_000).ArrayOf(2 * shape.Rank)
        let start = shape.Select((n, i) => cuts[2 * i] % (n + 1)).ToEqArray()
        let stop = shape.Select((n, i) => start[i] + cuts[2 * i + 1] % (n + 1 - start[i])).ToEqArray()
        select (shape, (Func<Tensor, Tensor>)(x => Slice(x, start, stop))));

    [Fact]
    public void Pads() => Holds(
        from shape in Shapes(0)
        from widths in Gen.Choose(0, 2).ArrayOf(2 * shape.Rank)
        select (shape, (Func<Tensor, Tensor>)(x => Pad(x, [.. widths[..shape.Rank]], [.. widths[shape.Rank..]]))));

    [Fact]
    public void Concats() => Holds(
        from shape in Shapes(1)
        from axis in Gen.Choose(0, shape.Rank - 1)
        from cut in Gen.Choose(0, shape[axis])
        select (shape, (Func<Tensor, Tensor>)(x => Concat([x, SliceAxis(x, axis, cut, shape[axis]), SliceAxis(x, axis, 0, cut), 3 * x], axis))));

    [Fact]
    public void Sums() => Holds(
        from shape in Shapes(0)
        from flags in Gen.Choose(0, 1).ArrayOf(shape.Rank)
        select (shape, (Func<Tensor, Tensor>)(x => Sum(x, [.. Enumerable.Range(0, shape.Rank).Where(i => flags[i] == 1)]))));

    [Fact]
    public void SumsOfBroadcasts() => Holds(
        from shape in Shapes(1)
        from target in Gen.Choose(2, 3)
        from flags in Gen.Choose(0, 1).ArrayOf(shape.Rank + 1)
        select (shape, (Func<Tensor, Tensor>)(x => Sum(
            BroadcastTo(x, Shape.Create([target, .. shape.Select(n => n == 1 ? target : n)])), [.. Enumerable.Range(0, shape.Rank + 1).Where(i => flags[i] == 1)]))));

    [Fact]
    public void GathersAndScatters() => Holds(
        from shape in Shapes(1)
        where shape[0] > 0
        from indices in Gen.Choose(0, shape[0] - 1).ArrayOf(5)
        let rows = Constant(HostTensor.Of([5], [.. indices.Select(i => (long)i)]))
        select (shape, (Func<Tensor, Tensor>)(x => ScatterAdd(shape, rows, Gather(x, rows) * 2))));

    private static void Holds(Gen<(Shape Shape, Func<Tensor, Tensor> F)> cases) =>
        FsCheck.Check.One(Replayed, Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var x = Eval.F64("x", test.Shape);
            var y = test.F(x);
            double[] at = Integers(test.Shape.Size, 1), seed = Integers(y.Shape.Size, 2);
            var value = Eval.Of(y, (x, at));

            var adjoint = Eval.Of(Vjp.Gradients(y, [x], Constant(HostTensor.Of(y.Shape, seed)))[0], (x, at));
            Assert.Equal(Dot(seed, value), Dot(adjoint, at));

            var xs = Eval.F64("xs", test.Shape.Prepend(3));
            var members = Enumerable.Range(0, 3).Select(b => Integers(test.Shape.Size, 3 + b)).ToArray();
            var batched = Vmap.Batch([y], new Dictionary<Tensor, Tensor> { [x] = xs }, 3)[0];
            Assert.Equal([.. members.SelectMany(m => Eval.Of(y, (x, m)))], Eval.Of(batched, (xs, [.. members.SelectMany(m => m)])));

            var optimised = Pipeline.Optimize(new([x], [("y", y)]), verifyEach: true);
            Assert.Equal(value, Reference.Evaluate(optimised, [HostTensor.Of(test.Shape, at)])[0].ToDoubles());
        }));

    private static double[] Integers(int count, int salt) => [.. Enumerable.Range(0, count).Select(i => (double)((i * 7919 + salt * 104729) % 23 - 11))];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (u, v) => u * v).Sum();
}
