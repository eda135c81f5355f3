using ProbNet.Language.Embedded;
using static ProbNet.Language.Embedded.Functions;
using Tensor = ProbNet.Language.Embedded.Tensor;

namespace ProbNet.Language.Tests.Embedded;

/// <summary>Models of statistics and deep learning are the same model graph in both forms.</summary>
public sealed class EmbeddedSampleTests
{
    [Fact]
    public void Logistic_regression() => BothForms.Equal(
        """
        model logistic (x : real[n, d]) = prob {
            let! alpha = normal 0.0 2.5
            let! beta = normal 0.0 2.5 |> iid [d]
            let! y = bernoulli (alpha + x @ beta)
            return y
        }
        """,
        Model.Define("logistic", ArgumentType.Real("n", "d"), x =>
            from alpha in Normal(0, 2.5)
            from beta in Normal(0, 2.5).Iid(x.Features)
            from y in Bernoulli(alpha + x.MatMul(beta))
            select y));

    [Fact]
    public void Varying_intercepts_and_slopes() => BothForms.Equal(
        """
        model radon (county : int<c>[n], floor : real[n]) = prob {
            let! mu = normal 0.0 5.0 |> iid [2]
            let! scale = exponential 1.0 |> iid [2]
            let! corr = lkjCholesky 2 2.0
            let! z = normal 0.0 1.0 |> iid [c; 2]
            let effect = deterministic (mu + z @ transpose (diag scale @ corr))
            let! sigma = exponential 1.0
            let! y = normal (effect.[county, 0] + effect.[county, 1] * floor) sigma
            return y
        }
        """,
        Model.Define("radon", ArgumentType.Index("c", "n"), ArgumentType.Real("n"), (county, floor) =>
            from mu in Normal(0, 5).Iid(2)
            from scale in Exponential(1).Iid(2)
            from corr in LkjCholesky(2, 2)
            from z in Normal(0, 1).Iid(county.Bound, 2)
            from effect in Deterministic(mu + z.MatMul(Diag(scale).MatMul(corr).Transpose()))
            from sigma in Exponential(1)
            from y in Normal(effect[county, 0] + effect[county, 1] * floor, sigma)
            select y));

    [Fact]
    public void Gaussian_process() => BothForms.Equal(
        """
        model gp (x : real[n, 1]) = prob {
            let! length = inverseGamma 5.0 5.0
            let! amplitude = halfNormal 1.0
            let! noise = halfNormal 0.5
            let d2 = square (x - transpose x)
            let cov = square amplitude * exp (-0.5 * d2 / square length) + square noise * eye n
            let! y = multivariateNormal (zeros [n]) (cholesky cov)
            return y
        }
        """,
        Model.Define("gp", ArgumentType.Real("n", 1), x =>
            from length in InverseGamma(5, 5)
            from amplitude in HalfNormal(1)
            from noise in HalfNormal(0.5)
            let d2 = Square(x - x.Transpose())
            let cov = Square(amplitude) * Exp(-(Tensor)0.5 * d2 / Square(length)) + Square(noise) * Eye(x.Rows)
            from y in MultivariateNormal(Zeros(x.Rows), Cholesky(cov))
            select y));

    [Fact]
    public void Networks_with_a_noise_head() => BothForms.Equal(
        """
        model heteroscedastic (x : real[n, d]) = prob {
            let! h = x |> dense 50
            let! out = relu h |> dense 2
            let! y = normal out.[*, 0] (softplus out.[*, 1] + 1e-3)
            return y
        }
        """,
        Model.Define("heteroscedastic", ArgumentType.Real("n", "d"), x =>
            from h in x | Dense(50)
            from @out in Relu(h) | Dense(2)
            from y in Normal(@out[Position.All, 0], Softplus(@out[Position.All, 1]) + 1e-3)
            select y));

    [Fact]
    public void Structured_priors_are_functions_of_a_shape() => BothForms.Equal(
        """
        let horseshoe globalScale shape = prob {
            let! tau = halfCauchy globalScale
            let! lambda = halfCauchy 1.0 |> iid shape
            let! z = normal 0.0 1.0 |> iid shape
            return z * lambda * tau
        }
        let relevance (shape : list[2]) = prob {
            let! precision = gamma 1.0 1.0 |> iid [shape.[0]; 1]
            let! w = normal 0.0 (1.0 / sqrt (precision + zeros shape))
            return w
        }
        model sparse (x : real[n, d]) = prob {
            let! h = x |> denseWith relevance 50
            let! out = relu h |> denseWith (horseshoe 0.1) 1
            let! noise = halfNormal 1.0
            let! y = normal out.[*, 0] noise
            return y
        }
        """,
        Model.Define("sparse", ArgumentType.Real("n", "d"), x =>
            from h in x | DenseWith(Relevance, 50)
            from @out in Relu(h) | DenseWith(Horseshoe(0.1), 1)
            from noise in HalfNormal(1)
            from y in Normal(@out[Position.All, 0], noise)
            select y));

    [Fact]
    public void A_mixture_with_memberships() => BothForms.Equal(
        """
        model gmm [n] = prob {
            let! weights = dirichlet (ones [3])
            let! centre = normal 0.0 10.0 |> iid [3] |> ordered
            let! scale = halfNormal 2.0 |> iid [3]
            let! z = categoricalProbs weights |> iid [n]
            let! y = normal centre.[z] scale.[z]
            return y
        }
        """,
        Model.Define("gmm", ArgumentType.Dimension, n =>
            from weights in Dirichlet(Ones(3))
            from centre in Normal(0, 10).Iid(3) | Ordered
            from scale in HalfNormal(2).Iid(3)
            from z in CategoricalProbs(weights).Iid(n)
            from y in Normal(centre[z], scale[z])
            select y));

    [Fact]
    public void A_hidden_Markov_model() => BothForms.Equal(
        """
        model regimes [t] = prob {
            let! start = dirichlet (ones [2])
            let! move = dirichlet (ones [2]) |> iid [2]
            let! level = normal 0.0 5.0 |> iid [2] |> ordered
            let! noise = halfNormal 1.0
            let! y = hiddenMarkov start move (fun state -> normal level.[state] noise) |> steps [t]
            return y
        }
        """,
        Model.Define("regimes", ArgumentType.Dimension, t =>
            from start in Dirichlet(Ones(2))
            from move in Dirichlet(Ones(2)).Iid(2)
            from level in Normal(0, 5).Iid(2) | Ordered
            from noise in HalfNormal(1)
            from y in HiddenMarkov(start, move, state => Normal(level[state], noise)).Steps(t)
            select y));

    [Fact]
    public void A_recurrent_network() => BothForms.Equal(
        """
        let cell wx wh b h x = tanh (x @ wx + h @ wh + b)
        model forecast (x : real[n, t, d]) = prob {
            let! wx = normal 0.0 (1.0 / sqrt d) |> iid [d; 32]
            let! wh = normal 0.0 (1.0 / sqrt 32.0) |> iid [32; 32]
            let! b = normal 0.0 1.0 |> iid [32]
            let h = x |> transpose [1; 0; 2] |> fold (cell wx wh b) (zeros [n; 32])
            let! out = h |> dense 2
            let! y = normal out.[*, 0] (softplus out.[*, 1] + 1e-3)
            return y
        }
        """,
        Model.Define("forecast", ArgumentType.Real("n", "t", "d"), x =>
            from wx in Normal(0, 1 / Sqrt(x.Features)).Iid(x.Features, 32)
            from wh in Normal(0, 1 / Sqrt(32.0)).Iid(32, 32)
            from b in Normal(0, 1).Iid(32)
            let h = Fold((h, x) => Tanh(x.MatMul(wx) + h.MatMul(wh) + b), Zeros(x.Rows, 32), Permute(x, 1, 0, 2))
            from @out in h | Dense(2)
            from y in Normal(@out[Position.All, 0], Softplus(@out[Position.All, 1]) + 1e-3)
            select y));

    [Fact]
    public void An_autoregression_stated_by_its_likelihood() => BothForms.Equal(
        """
        model ar2 (y : real[t]) = prob {
            let! alpha = normal 0.0 10.0
            let! beta = normal 0.0 1.0 |> iid [2]
            let! sigma = halfCauchy 2.5
            let mean = alpha + beta.[0] * y.[1 .. t - 2] + beta.[1] * y.[0 .. t - 3]
            do! observe y.[2 ..] (normal mean sigma)
            return mean
        }
        """,
        Model.Define("ar2", ArgumentType.Real("t"), y =>
            from alpha in Normal(0, 10)
            from beta in Normal(0, 1).Iid(2)
            from sigma in HalfCauchy(2.5)
            let mean = alpha + beta[0] * y[1..^1] + beta[1] * y[..^2]
            from _ in Observe(y[2..], Normal(mean, sigma))
            select mean));

    [Fact]
    public void A_convolutional_network() => BothForms.Equal(
        """
        model height (image : real[n, 126, 126, 1]) = prob {
            let! c1 = image |> conv2d 8 [5; 5] same
            let! c2 = relu c1 |> maxPool2d [6; 6] |> conv2d 16 [5; 5] same
            let! out = relu c2 |> maxPool2d [6; 6] |> flatten |> dense 1
            let! y = normal out.[*, 0] 1.0
            return y
        }
        """,
        Model.Define("height", ArgumentType.Real("n", 126, 126, 1), image =>
            from c1 in image | Conv2d(8, [5, 5], Same)
            from c2 in Relu(c1) | MaxPool2d([6, 6]) | Conv2d(16, [5, 5], Same)
            from @out in Relu(c2) | MaxPool2d([6, 6]) | Flatten | Dense(1)
            from y in Normal(@out[Position.All, 0], 1)
            select y));

    [Fact]
    public void Dropout_noise_between_layers() => BothForms.Equal(
        """
        model digits (image : real[n, 28, 28]) = prob {
            let! h1 = image |> flatten |> dense 256
            let! d1 = relu h1 |> dropout 0.25
            let! h2 = d1 |> dense 256
            let! d2 = relu h2 |> dropout 0.25
            let! logits = d2 |> dense 10
            let! digit = oneHotCategorical logits
            return digit
        }
        """,
        Model.Define("digits", ArgumentType.Real("n", 28, 28), image =>
            from h1 in image | Flatten | Dense(256)
            from d1 in Relu(h1) | Dropout(0.25)
            from h2 in d1 | Dense(256)
            from d2 in Relu(h2) | Dropout(0.25)
            from logits in d2 | Dense(10)
            from digit in OneHotCategorical(logits)
            select digit));

    private static Func<Tensor[], Prob<Tensor>> Horseshoe(Tensor globalScale) => shape =>
        from tau in HalfCauchy(globalScale)
        from lambda in HalfCauchy(1).Iid(shape)
        from z in Normal(0, 1).Iid(shape)
        select z * lambda * tau;

    private static Prob<Tensor> Relevance(Tensor[] shape) =>
        from precision in Gamma(1, 1).Iid(shape[0], 1)
        from w in Normal(0, 1 / Sqrt(precision + Zeros(shape)))
        select w;
}
