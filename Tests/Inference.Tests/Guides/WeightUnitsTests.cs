using ProbNet.Graph;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>Which inputs and outputs of a linear map the elements of a weight belong to, and noise that belongs to them.</summary>
public class WeightUnitsTests
{
    private const int Rows = 3;

    [Fact]
    public void InputsAndOutputsAreThoseOfTheProduct()
    {
        int[] IndexOf(Shape shape, Func<int[], int> unit) => [.. Enumerable.Range(0, shape.Size).Select(i => unit([.. shape.Strides().Select((s, a) => i / s % shape[a])]))];
        Check([4], [4, 7], MatMul, e => e[0], e => e[1]);
        Check([4], [7, 4], (x, w) => MatMul(x, TransposeLast(w)), e => e[1], e => e[0]);
        Check([4], [7, 4], (x, w) => TransposeLast(MatMul(w, TransposeLast(x))), e => e[1], e => e[0]);
        Check([4], [4], (x, w) => MatMul(x, Reshape(w, [4, 1])), e => e[0], _ => 0);
        Check([4], [2, 2, 7], (x, w) => MatMul(x, Reshape(w, [4, 7])), e => e[0] * 2 + e[1], e => e[2]);
        Check([4], [7, 2, 2], (x, w) => MatMul(x, Transpose(Reshape(w, [7, 4]), [1, 0])), e => e[1] * 2 + e[2], e => e[0]);
        // Only rows 1 to 4 of 6 enter: the others share a unit, which comes first.
        Check([4], [6, 7], (x, w) => MatMul(x, SliceAxis(w, 0, 1, 5)), e => e[0] is 0 or 5 ? 0 : e[0], e => e[0] is 0 or 5 ? 0 : 1 + e[1]);
        // Two matrices of weights, with their own inputs.
        Check([2, 5, 4], [2, 4, 7], MatMul, e => e[0] * 4 + e[1], e => e[0] * 7 + e[2]);
        Check([5, 4], [4, 7], MatMul, e => e[0], e => e[1]);
        WindowAxis rows = WindowAxis.Same(4, 3, stride: 2), columns = WindowAxis.Valid(5, 2);
        Check([4, 5, 6], [3, 2, 6, 7], (x, w) => Windows.Convolve(x, w, rows, columns), e => e[2], e => e[3]);
        // In two groups, filters 0 and 1 see channels 0 to 2, filters 2 and 3 the rest. Units are numbered as elements meet them.
        Check([4, 5, 6], [3, 2, 3, 4], (x, w) => Windows.Convolve(x, w, rows, columns, groups: 2), e => e[2] * 2 + e[3] / 2, e => e[3]);

        void Check(Shape row, Shape weights, Func<Tensor, Tensor, Tensor> multiply, Func<int[], int> input, Func<int[], int> output)
        {
            var (weight, why) = Find(row, weights, multiply);
            Assert.True(weight is not null, why);
            foreach (var (units, expected) in new[] { (weight.Inputs, IndexOf(weights, input)), (weight.Outputs, IndexOf(weights, output)) })
            {
                Assert.Equal(expected.Distinct().Count(), units.Count);
                var numbers = HostTensor.Of([units.Count], [.. Enumerable.Range(0, units.Count).Select(i => (double)i)]);
                var spread = BroadcastTo(units.Spread(Constant(numbers)), weights);
                Assert.Equal(expected.Select(u => (double)u), Evaluate(spread).ToDoubles());
                // The sum over each unit, against a loop.
                var values = Samples.Tensor(weights, 5);
                var totals = Evaluate(units.Total(Constant(values))).ToDoubles();
                for (var u = 0; u < units.Count; u++) Assert.Equal(expected.Select((e, i) => e == u ? values[i] : 0).Sum(), totals[u], 1e-12);
            }
        }
    }

    [Fact]
    public void RowsWithFactorsOfTheirOwnAreRowsWithValuesOfTheirOwn()
    {
        Exact([4], [4, 7], MatMul);
        Exact([4], [7, 4], (x, w) => TransposeLast(MatMul(w, TransposeLast(x))));
        Exact([4], [4, 7], (x, w) => MatMul(x, w * 0.3 - 2));
        Exact([4], [6, 7], (x, w) => MatMul(x, SliceAxis(w, 0, 1, 5)));
        Exact([4], [7, 2, 2], (x, w) => MatMul(x, Transpose(Reshape(w, [7, 4]), [1, 0])));
        Exact([5, 4], [4, 7], MatMul);
        Exact([5, 4], [4, 7], (x, w) => Transpose(MatMul(Transpose(x, [1, 0, 2]), 2 - w * 0.3), [1, 0, 2]));
        Exact([2, 5, 4], [2, 4, 7], MatMul);
        Exact([2, 5, 4], [5, 4, 7], (x, w) => Transpose(MatMul(Transpose(x, [1, 2, 0, 3]), w), [2, 0, 1, 3]));
        WindowAxis rows = WindowAxis.Same(4, 3, stride: 2), columns = WindowAxis.Valid(5, 2);
        Exact([4, 5, 6], [3, 2, 6, 7], (x, w) => Windows.Convolve(x, w, rows, columns));
        Exact([4, 5, 6], [3, 2, 3, 4], (x, w) => Windows.Convolve(x, w, rows, columns, groups: 2));
        Exact([4, 5, 6], [3, 2, 1, 6], (x, w) => Windows.Convolve(x, w, rows, columns, groups: 6));
    }

    [Fact]
    public void WhatIsNoWeightIsRefusedWithTheReason()
    {
        Refused("value for each data row", b => { var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid([b.Rows, 4]), perRow: true); return Sum(w, -1); });
        Refused("constrained (gamma)", b => Sum(MatMul(b.PerRow("x", [4]), b.Draw("w", Gamma.Of(b.Real(2), b.Real(1)).Iid([4, 2]))), -1));
        Refused("single number", b => Sum(b.PerRow("x", [4]), -1) * b.Draw("w", Normal.Of(b.Real(0), b.Real(1))));
        Refused("enters broadcast", b => Sum(b.PerRow("x", [4]) + b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid([4])), -1));
        Refused("enters exp", b => Sum(MatMul(b.PerRow("x", [4]), Exp(b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid([4, 2])))), -1));
        Refused("multiplied with itself", b => { var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid([4, 2])); return Sum(MatMul(b.PerRow("x", [4]), w * w), -1); });
        // An autoencoder with tied weights.
        Refused("what is an input in one is none in another", b =>
        {
            var w = b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid([4, 2]));
            return Sum(MatMul(Tanh(MatMul(b.PerRow("x", [4]), w)), TransposeLast(w)), -1);
        });

        static void Refused(string reason, Func<ModelBuilder, Tensor> mean)
        {
            var model = ModelBuilder.Bind(Rows, ["y"], b => b.Draw("y", Normal.Of(mean(b), b.Real(1)), perRow: true));
            foreach (var family in new GuideFamily[] { new BernoulliDropoutGuide(), new ConcreteDropoutGuide(), new GaussianDropoutGuide(), new Rank1Guide() })
            {
                var found = GuidePlan.For(model, [new(family)]);
                var diagnostic = Assert.Single(found.Diagnostics);
                Assert.Equal(InferenceCodes.GuideRefuses, diagnostic.Code);
                Assert.Contains(reason, diagnostic.Message);
                Assert.Contains(family.Name, diagnostic.Hint);
            }
        }
    }

    [Fact]
    public void AWeightInALoopHasOneMaskForAllSteps()
    {
        var (model, _) = SequenceModels.Forecast();
        var sites = GuidePlan.For(model, [new(new DeltaGuide())]).Required.Parts[0].Sites;
        var uses = new WeightUses(model);
        foreach (var (name, inputs, outputs) in new[] { ("wx", 2, 5), ("wh", 5, 5), ("out.w", 5, 2) })
        {
            var (weight, why) = uses.Find(sites.First(s => s.Name == name));
            Assert.True(weight is not null, why);
            Assert.Equal((inputs, 0, outputs, 1), (weight.Inputs.Count, weight.Inputs.Axis, weight.Outputs.Count, weight.Outputs.Axis));
        }
        Assert.Null(uses.Find(sites.First(s => s.Name == "b")).Weight);
    }

    [Fact]
    public void TheFirstLayerIsTheOneThatMeetsData()
    {
        var (model, _) = Samples.Net();
        var sites = GuidePlan.For(model, [new(new DeltaGuide())]).Required.Parts[0].Sites;
        var uses = new WeightUses(model);
        Assert.True(uses.Find(sites.First(s => s.Name == "h.w")).Weight!.MeetsData);
        Assert.False(uses.Find(sites.First(s => s.Name == "out.w")).Weight!.MeetsData);
    }

    private static (WeightSite?, string) Find(Shape row, Shape weights, Func<Tensor, Tensor, Tensor> multiply)
    {
        var model = ModelBuilder.Bind(Rows, ["y"], b =>
        {
            var x = b.PerRow("x", row);
            var product = multiply(x, b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid(weights)));
            b.Draw("y", Normal.Of(Sum(product, [.. Enumerable.Range(1, product.Rank - 1)]), b.Real(1)), perRow: true);
        });
        var site = GuidePlan.For(model, [new(new DeltaGuide())]).Required.Parts[0].Sites[0];
        return new WeightUses(model).Find(site);
    }

    // Factors of each row against the weights that these factors make, which are multiplied row by row.
    private static void Exact(Shape row, Shape weights, Func<Tensor, Tensor, Tensor> multiply)
    {
        var weight = Find(row, weights, multiply).Item1!;
        Tensor x = Input("x", DType.F64, row.Prepend(Rows)), w = Input("w", DType.F64, weights), loc = Input("loc", DType.F64, weights);
        Tensor r = Input("r", DType.F64, [Rows, weight.Inputs.Count]), s = Input("s", DType.F64, [Rows, weight.Outputs.Count]);
        var y = multiply(x, w);
        var (use, why) = new LinearUses([y], RowAnalysis.Of([y], [x])).Find(w);
        Assert.True(use is not null, why);
        var noise = new UnitNoise(loc, new(weight.Inputs, (_, _) => r), new(weight.Outputs, (_, _) => s));
        Assert.False(noise.DrawsEach(use));
        var random = new RandomSource(Constant(HostTensor.Scalar(1)), Constant(HostTensor.Scalar(1)), Constant(HostTensor.Scalar(1)));
        var product = new LinearProduct(use, node => node);
        var (own, all) = (noise.ByRow(product, random), product.MultiplyByRow(noise.DrawEach(Rows, random)));
        var graph = new TensorGraph([x, loc, r, s], [("own", own), ("all", all)]);
        var values = Reference.Evaluate(graph, [Samples.Tensor(x.Shape, 5), Samples.Tensor(weights, 6), Samples.Tensor(r.Shape, 7), Samples.Tensor(s.Shape, 8)]);
        Assert.Equal(use.Product.Shape, values[0].Shape);
        for (var i = 0; i < values[0].Shape.Size; i++) Assert.Equal(values[1][i], values[0][i], 1e-12);
    }

    private static HostTensor Evaluate(Tensor x) => Reference.Evaluate(new TensorGraph([], [("x", x)]), [])[0];
}
