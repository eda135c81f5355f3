namespace ProbNet.Language.Tests.Distributions;

/// <summary>Hidden Markov models by definitions other than the tested one: sums over all paths, and the scaled recursion of probabilities.</summary>
internal static class ChainReference
{
    /// <summary>log p(y), p(s_i = s | y) row by row, and the most likely path, over all k^t paths.</summary>
    public static (double LogDensity, double[] Marginals, long[] Best) BruteForce(double[] start, double[] move, double[] emissions, int t)
    {
        var k = start.Length;
        var marginals = new double[t * k];
        double total = 0, best = -1;
        long[] bestPath = [];
        for (var code = 0L; code < (long)Math.Pow(k, t); code++)
        {
            var path = new long[t];
            var rest = code;
            for (var i = 0; i < t; i++, rest /= k) path[i] = rest % k;
            var p = start[path[0]] * Math.Exp(emissions[path[0]]);
            for (var i = 1; i < t; i++) p *= move[path[i - 1] * k + path[i]] * Math.Exp(emissions[i * k + path[i]]);
            total += p;
            for (var i = 0; i < t; i++) marginals[i * k + path[i]] += p;
            if (p > best) (best, bestPath) = (p, path);
        }
        return (Math.Log(total), Array.ConvertAll(marginals, m => m / total), bestPath);
    }

    /// <summary>log p(y) by the recursion of normalised probabilities (Rabiner 1989, section V.A), with the probabilities of the states by its backward half.</summary>
    public static (double LogDensity, double[] Marginals) Scaled(double[] start, double[] move, double[] emissions, int t)
    {
        var k = start.Length;
        double[] alpha = new double[t * k], beta = new double[t * k], marginals = new double[t * k], scale = new double[t];
        var log = 0.0;
        for (var i = 0; i < t; i++)
        {
            var shift = emissions.Skip(i * k).Take(k).Max();
            for (var s = 0; s < k; s++)
            {
                var arrive = i == 0 ? start[s] : Enumerable.Range(0, k).Sum(r => alpha[(i - 1) * k + r] * move[r * k + s]);
                alpha[i * k + s] = arrive * Math.Exp(emissions[i * k + s] - shift);
                scale[i] += alpha[i * k + s];
            }
            for (var s = 0; s < k; s++) alpha[i * k + s] /= scale[i];
            log += Math.Log(scale[i]) + shift;
        }
        for (var i = t - 1; i >= 0; i--)
        {
            var next = i + 1 == t ? 0 : emissions.Skip((i + 1) * k).Take(k).Max();
            var sum = 0.0;
            for (var s = 0; s < k; s++)
            {
                beta[i * k + s] = i + 1 == t ? 1 : Enumerable.Range(0, k).Sum(r => move[s * k + r] * Math.Exp(emissions[(i + 1) * k + r] - next) * beta[(i + 1) * k + r]) / scale[i + 1];
                sum += marginals[i * k + s] = alpha[i * k + s] * beta[i * k + s];
            }
            for (var s = 0; s < k; s++) marginals[i * k + s] /= sum;
        }
        return (log, marginals);
    }
}
