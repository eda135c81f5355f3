using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Curvature;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Curvature;

/// <summary>The blocks of every structure against dense matrices made by central differences and closed forms.</summary>
public class CurvatureTests
{
    [Fact]
    public void AllOfTheCurvatureIsTheDenseGaussNewtonMatrix()
    {
        var (model, data) = Samples.Net();
        var u = SmallNet.Places();
        var dense = (DenseBlock)Gather(model, data, u, new FullStructure(), new GaussNewtonHessian())[0];
        AssertEqual(SmallNet.GaussNewton(data, u), dense.Likelihood, 32);
    }

    [Fact]
    public void TheFisherInformationOfLabelsIsTheSameMatrix()
    {
        var (model, data) = Samples.Net();
        var u = SmallNet.Places(5);
        var dense = (DenseBlock)Gather(model, data, u, new FullStructure(), new FisherHessian())[0];
        AssertEqual(SmallNet.GaussNewton(data, u), dense.Likelihood, 32);
    }

    [Fact]
    public void DiagonalsAndTheLastLayerArePartsOfIt()
    {
        var (model, data) = Samples.Net();
        var u = SmallNet.Places(7);
        var exact = SmallNet.GaussNewton(data, u);
        var start = 0;
        foreach (var block in Gather(model, data, u, new DiagonalStructure(), new GaussNewtonHessian()).Cast<DiagonalBlock>())
        {
            for (var i = 0; i < block.Dimension; i++) Assert.Equal(exact[start + i, start + i], block.Likelihood[i], 1e-7);
            start += block.Dimension;
        }
        Assert.Equal(32, start);
        var last = (DenseBlock)Assert.Single(Gather(model, data, u, new LastLayerStructure(), new GaussNewtonHessian()));
        Assert.Equal(["out.w", "out.b"], last.Sites);
        AssertEqual(exact.SubMatrix(20, 12, 20, 12), last.Likelihood, 12);
    }

    [Fact]
    public void KroneckerFactorsAreSumsOfInputsAndOfGradients()
    {
        var (model, data) = Samples.Net();
        var u = SmallNet.Places(9);
        var blocks = Gather(model, data, u, new KroneckerStructure(), new GaussNewtonHessian());
        var first = Assert.IsType<KroneckerBlock>(blocks[0]);
        var last = Assert.IsType<KroneckerBlock>(blocks[2]);
        var (inputs, outputs, hiddens) = (Matrix<double>.Build.Dense(3, 3), Matrix<double>.Build.Dense(5, 5), Matrix<double>.Build.Dense(5, 5));
        var logits = Matrix<double>.Build.Dense(2, 2);
        for (var r = 0; r < data.Rows; r++)
        {
            var x = SmallNet.Row(data, r);
            var j = SmallNet.Jacobian(u, x);
            var lambda = SmallNet.Information(SmallNet.Logits(u, x));
            var v = Vector<double>.Build.Dense(x);
            inputs += v.OuterProduct(v);
            // The bias is added to the product, so its Jacobian is the product's; that of out.w is hidden * (output = column).
            var bias = j.SubMatrix(0, 2, 15, 5);
            outputs += bias.Transpose() * lambda * bias;
            var hidden = Vector<double>.Build.Dense([.. Enumerable.Range(0, 5).Select(i => j[0, 20 + 2 * i])]);
            hiddens += hidden.OuterProduct(hidden);
            logits += lambda;
        }
        AssertEqual(inputs, first.InputProducts, 3);
        AssertEqual(outputs, first.OutputProducts, 5);
        AssertEqual(hiddens, last.InputProducts, 5);
        AssertEqual(logits, last.OutputProducts, 2);
        Assert.Equal(1.0 / 11, first.Factor, 1e-15);
        // Biases have no linear use; being small, they are kept densely.
        var exact = SmallNet.GaussNewton(data, u);
        AssertEqual(exact.SubMatrix(15, 5, 15, 5), Assert.IsType<DenseBlock>(blocks[1]).Likelihood, 5);
        AssertEqual(exact.SubMatrix(30, 2, 30, 2), Assert.IsType<DenseBlock>(blocks[3]).Likelihood, 2);
    }

    [Fact]
    public void KroneckerFactorsAreExactWhereAllRowsAreTheSame()
    {
        var (model, sample) = Samples.Net(rows: 4);
        var row = sample.Values["x"].ToDoubles()[..3];
        var data = sample with { Values = new Dictionary<string, HostTensor>(sample.Values.ToDictionary()) { ["x"] = HostTensor.Of([4, 3], [.. row, .. row, .. row, .. row]) } };
        var u = SmallNet.Places(11);
        var exact = SmallNet.GaussNewton(data, u);
        var blocks = Gather(model, data, u, new KroneckerStructure(), new GaussNewtonHessian());
        foreach (var (index, start) in new[] { (0, 0), (2, 20) })
        {
            var block = (KroneckerBlock)blocks[index];
            var product = Dense(block.InputProducts, block.Inputs).KroneckerProduct(Dense(block.OutputProducts, block.Outputs)) * block.Factor;
            AssertEqual(exact.SubMatrix(start, block.Dimension, start, block.Dimension), product.ToRowMajorArray(), block.Dimension);
        }
    }

    [Fact]
    public void ANormalWithALearnedScaleHasItsExpectedInformation()
    {
        // f = (mean, log scale): diag(1 / s², 2), whatever the outcome.
        var model = ModelBuilder.Bind(7, ["y"], b =>
        {
            var x = b.PerRow("x", [2]);
            var w = b.Draw("w", Normal.Of(b.Real(0.2), b.Real(1.4)).Iid([2]));
            var s = b.Draw("s", HalfNormal.Of(b.Real(1.7)));
            b.Draw("y", Normal.Of(Reshape(MatMul(x, Reshape(w, [2, 1])), [b.Rows]), s), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([7, 2], 5), ["y"] = Samples.Tensor([7], 6) }, 7);
        var places = new Dictionary<string, HostTensor> { ["w"] = HostTensor.Of([2], [0.3, -0.7]), ["s"] = HostTensor.Scalar(DType.F64, -0.4) };
        var point = new CurvaturePoint(model, places, new Dictionary<string, HostTensor>(), data, new ReferenceBackend(), 1);
        foreach (LaplaceHessian hessian in new LaplaceHessian[] { new GaussNewtonHessian(), new FisherHessian() })
        {
            var plan = CurvaturePlan.Of(model, new FullStructure(), hessian).Required;
            var block = (DenseBlock)LaplaceFit.Empty(plan.Blocks[0], 7);
            LikelihoodCurvature.Gather(point, plan, (a, f) => hessian.Of(a, f)!, [block]);
            var design = Dense(data.Values["x"].ToDoubles(), 7, 2);
            var exact = Matrix<double>.Build.Dense(3, 3);
            exact.SetSubMatrix(0, 0, design.TransposeThisAndMultiply(design) * Math.Exp(0.8));
            exact[2, 2] = 14;
            AssertEqual(exact, block.Likelihood, 3);
        }
        using var prior = new PriorCurvature(point);
        // log p(s) + log ds/du = -s² / (2 * 1.7²) + u + const with s = e^u.
        Assert.Equal(2 * Math.Exp(-0.8) / (1.7 * 1.7), prior.Diagonal("s")[0], 1e-10);
        Assert.Equal(1 / (1.4 * 1.4), prior.Diagonal("w")[1], 1e-12);
        Assert.Equal(1 / (1.4 * 1.4), prior.Uniform("w")!.Value, 1e-12);
        Assert.Equal((0.01 + 0.81) / (1.4 * 1.4), prior.Normals["w"].Quadratic, 1e-12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void OneOutputIsWalkedThroughRowByRow(int rows)
    {
        // An axis of size 1 beside the rows', whose number is 1 in the model of a single row: the Kronecker product is exact, since all rows have the same Λ.
        var model = ModelBuilder.Bind(rows, ["y"], b => b.Draw("y", Normal.Of(MatMul(b.PerRow("x", [3]), b.Draw("w", Normal.Of(b.Real(0), b.Real(0.8)).Iid([3, 1]))), b.Real(0.6)), perRow: true));
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([rows, 3], 5), ["y"] = Samples.Tensor([rows, 1], 6) }, rows);
        var point = new CurvaturePoint(model, new Dictionary<string, HostTensor> { ["w"] = Samples.Tensor([3, 1], 7) }, new Dictionary<string, HostTensor>(), data, new ReferenceBackend(), 1);
        var design = Dense(data.Values["x"].ToDoubles(), rows, 3);
        var exact = design.TransposeThisAndMultiply(design) / 0.36;
        var hessian = new GaussNewtonHessian();
        foreach (var structure in LaplaceChoices.Structures.All)
        {
            var plan = CurvaturePlan.Of(model, structure, hessian).Required;
            Assert.Equal(["y"], plan.ByRow);
            var block = LaplaceFit.Empty(plan.Blocks[0], rows);
            LikelihoodCurvature.Gather(point, plan, (a, f) => hessian.Of(a, f)!, [block]);
            switch (block)
            {
                case DenseBlock dense: AssertEqual(exact, dense.Likelihood, 3); break;
                case DiagonalBlock diagonal: for (var i = 0; i < 3; i++) Assert.Equal(exact[i, i], diagonal.Likelihood[i], 1e-9); break;
                case KroneckerBlock product: AssertEqual(exact, (Dense(product.InputProducts, 3) * (product.OutputProducts[0] * product.Factor)).ToRowMajorArray(), 3); break;
            }
        }
    }

    [Fact]
    public void RowsThatMixAreOneTerm()
    {
        // The mean over rows enters every row, so there is no model of a single row; the curvature is the same.
        var model = ModelBuilder.Bind(5, ["y"], b =>
        {
            var z = MatMul(b.PerRow("x", [3]), b.Draw("w", Normal.Of(b.Real(0), b.Real(0.8)).Iid([3, 2])));
            b.Draw("y", Normal.Of(z - BroadcastTo(Mean(z, 0), z.Shape), b.Real(0.6)), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["x"] = Samples.Tensor([5, 3], 5), ["y"] = Samples.Tensor([5, 2], 6) }, 5);
        var point = new CurvaturePoint(model, new Dictionary<string, HostTensor> { ["w"] = Samples.Tensor([3, 2], 7) }, new Dictionary<string, HostTensor>(), data, new ReferenceBackend(), 1);
        var hessian = new GaussNewtonHessian();
        var plan = CurvaturePlan.Of(model, new KroneckerStructure(), hessian).Required;
        Assert.Empty(plan.ByRow);
        var block = (DenseBlock)LaplaceFit.Empty(plan.Blocks[0], 5);
        LikelihoodCurvature.Gather(point, plan, (a, f) => hessian.Of(a, f)!, [block]);
        var design = Dense(data.Values["x"].ToDoubles(), 5, 3);
        var centred = design - Matrix<double>.Build.Dense(5, 3, (_, j) => design.Column(j).Average());
        AssertEqual((centred.TransposeThisAndMultiply(centred) / 0.36).KroneckerProduct(Matrix<double>.Build.DenseIdentity(2)), block.Likelihood, 6);
    }

    [Fact]
    public void TheInformationOfAFamilyIsTheMeanOfItsObservedCurvature()
    {
        // Counts with rate e^f: -d² log p / df² = e^f. A Laplace law has 1 / scale² although its log-density has no curvature.
        Assert.Equal(1.9, Information(Poisson.Of, [1.9], count: true)[0], 1e-10);
        Assert.Equal(1 / 0.49, Information(a => ProbNet.Language.Distributions.Laplace.Of(a, Constant(DType.F64, 0.7)), [0.3])[0], 1e-10);
        Assert.Equal(5.0 / 7 / 0.49, Information(a => StudentT.Of(Constant(DType.F64, 4), a, Constant(DType.F64, 0.7)), [0.3])[0], 1e-10);
    }

    [Fact]
    public void HierarchicalPriorsHaveOffDiagonalCurvature()
    {
        var model = ModelBuilder.Bind(5, ["y"], b =>
        {
            var tau = b.Draw("tau", HalfNormal.Of(b.Real(1.3)));
            var w = b.Draw("w", Normal.Of(b.Real(0), tau).Iid([2]));
            b.Draw("y", Normal.Of(Sum(w, 0), b.Real(0.6)).Iid([b.Rows]), perRow: true);
        });
        var data = new DataSet(new Dictionary<string, HostTensor> { ["y"] = Samples.Tensor([5], 6) }, 5);
        var places = new Dictionary<string, HostTensor> { ["tau"] = HostTensor.Scalar(DType.F64, 0.2), ["w"] = HostTensor.Of([2], [0.5, -0.9]) };
        using var prior = new PriorCurvature(new(model, places, new Dictionary<string, HostTensor>(), data, new ReferenceBackend(), 1));
        // -log p = w² e^(-2u) / 2 + 2 u + e^(2u) / (2 * 1.69) - u + const, in (u, w).
        var (p, h) = (Math.Exp(-0.4), Dense(prior.Dense(["tau", "w"]), 3));
        Assert.Equal(2 * (0.25 + 0.81) * p + 2 * Math.Exp(0.4) / 1.69, h[0, 0], 1e-10);
        Assert.Equal(-2 * 0.5 * p, h[0, 1], 1e-10);
        Assert.Equal(-2 * 0.5 * p, h[1, 0], 1e-10);
        Assert.Equal(p, h[2, 2], 1e-10);
        Assert.Equal(0, h[1, 2], 1e-12);
    }

    private static double[] Information(Func<Tensor, Instance> family, double[] argument, bool count = false)
    {
        var hole = Input("z", DType.F64, []);
        var distribution = family(hole);
        var site = new Language.Elaboration.Site("y", distribution, Input("y", count ? DType.I64 : DType.F64, []), Language.Elaboration.SiteKind.Sample, false, default);
        var arguments = LikelihoodArguments.Of(site, new HashSet<Tensor>(ReferenceEqualityComparer.Instance) { hole });
        var value = LikelihoodInformation.Expected(arguments, arguments.Unconstrained())!;
        return Reference.Evaluate(new TensorGraph([hole], [("value", value)]), [HostTensor.Scalar(DType.F64, argument[0])])[0].ToDoubles();
    }

    private static CurvatureBlock[] Gather(BoundModel model, DataSet data, double[] u, LaplaceStructure structure, LaplaceHessian hessian)
    {
        var plan = CurvaturePlan.Of(model, structure, hessian).Required;
        Assert.Equal(["species"], plan.ByRow);
        CurvatureBlock[] blocks = [.. plan.Blocks.Where(b => b.Kind != BlockKind.Point).Select(b => LaplaceFit.Empty(b, data.Rows))];
        LikelihoodCurvature.Gather(SmallNet.Point(model, data, u), plan, (a, f) => hessian.Of(a, f)!, [.. blocks]);
        return blocks;
    }

    private static Matrix<double> Dense(double[] values, int n) => Dense(values, n, n);

    private static Matrix<double> Dense(double[] values, int rows, int columns) => Matrix<double>.Build.Dense(rows, columns, (i, j) => values[i * columns + j]);

    // Central differences of a net of scale 1 with step 1e-5 are right to about 1e-9.
    private static void AssertEqual(Matrix<double> expected, double[] actual, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++) Assert.True(Math.Abs(expected[i, j] - actual[i * n + j]) < 1e-7, $"[{i}, {j}]: {actual[i * n + j]}, expected {expected[i, j]}");
        }
    }
}
