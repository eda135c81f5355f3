using MathNet.Numerics.LinearAlgebra;
using ProbNet.Graph;

namespace ProbNet.Inference.Tests.Models;

/// <summary>The exact posterior of <see cref="Samples.Regression"/>, by dense linear algebra. Components: alpha, beta[0], beta[1], beta[2].</summary>
internal sealed record ConjugateRegression(Vector<double> Mean, Matrix<double> Precision, double LogEvidence)
{
    private const double Noise = 0.6;

    public static ConjugateRegression Of(DataSet data)
    {
        var n = data.Rows;
        var x = data.Values["x"].ToDoubles();
        var design = Matrix<double>.Build.Dense(n, 4, (i, j) => j == 0 ? 1 : x[i * 3 + j - 1]);
        var y = Vector<double>.Build.Dense(data.Values["y"].ToDoubles());
        var priorMean = Vector<double>.Build.Dense([0.3, 0, 0, 0]);
        var priorVariance = Matrix<double>.Build.DenseOfDiagonalArray([1.3 * 1.3, 0.64, 0.64, 0.64]);
        var precision = priorVariance.Inverse() + design.TransposeThisAndMultiply(design) / (Noise * Noise);
        var mean = precision.Solve(priorVariance.Inverse() * priorMean + design.TransposeThisAndMultiply(y) / (Noise * Noise));
        // y ~ N(X m, X S X^T + noise^2 I).
        var covariance = design * priorVariance * design.Transpose() + Noise * Noise * Matrix<double>.Build.DenseIdentity(n);
        var residual = y - design * priorMean;
        var evidence = -0.5 * (n * Math.Log(2 * Math.PI) + Math.Log(covariance.Determinant()) + residual * covariance.Solve(residual));
        return new(mean, precision, evidence);
    }

    /// <summary>The parameters of a full-covariance guide that is the posterior.</summary>
    public Dictionary<string, HostTensor> FullCovarianceParameters(string part)
    {
        var factor = Precision.Inverse().Cholesky().Factor;
        return new()
        {
            [part + ".loc"] = HostTensor.Of([4], Mean.ToArray()),
            [part + ".rho"] = HostTensor.Of([4], [.. Enumerable.Range(0, 4).Select(i => Math.Log(Math.Exp(factor[i, i]) - 1))]),
            // The part above the diagonal is not used, so it holds something odd.
            [part + ".lower"] = HostTensor.Of([4, 4], [.. Enumerable.Range(0, 16).Select(k => k / 4 > k % 4 ? factor[k / 4, k % 4] : 99)]),
        };
    }

    /// <summary>The parameters of the mean-field guide nearest to the posterior in KL(q || p): exact means, scales 1 / sqrt(diagonal of the precision).</summary>
    public Dictionary<string, HostTensor> MeanFieldParameters()
    {
        double Rho(int i) => Math.Log(Math.Exp(1 / Math.Sqrt(Precision[i, i])) - 1);
        return new()
        {
            ["alpha.loc"] = HostTensor.Scalar(DType.F64, Mean[0]), ["alpha.rho"] = HostTensor.Scalar(DType.F64, Rho(0)),
            ["beta.loc"] = HostTensor.Of([3], [Mean[1], Mean[2], Mean[3]]), ["beta.rho"] = HostTensor.Of([3], [Rho(1), Rho(2), Rho(3)]),
        };
    }
}
