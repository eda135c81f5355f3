using System.Text;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Tests.Artifacts;

/// <summary>metrics.csv and predictions.csv, character by character.</summary>
public sealed class TableTests
{
    [Fact]
    public void MetricsHaveARowAnEpochAndEmptyCells()
    {
        EpochRecord[] epochs = [new(1, -123.5, -100.25, 23.25, 1.0986122886681098, 0.5, 0.75), new(2, double.NaN, 1e-7, 0, null, null, null)];
        Assert.Equal(
            """
            epoch,elbo,expectedLogLikelihood,kl,predictiveEntropy,validationNll,validationAccuracy
            1,-123.5,-100.25,23.25,1.0986122886681098,0.5,0.75
            2,NaN,1E-07,0,,,

            """, Text(s => MetricsCsv.Write(s, epochs)));
    }

    [Fact]
    public void NumbersDoNotDependOnTheCulture()
    {
        using var comma = new CommaCulture();
        Assert.EndsWith("\n1,-0.5,-1.25,3.5,,,\n", Text(s => MetricsCsv.Write(s, [new(1, -0.5, -1.25, 3.5, null, null, null)])));
    }

    [Fact]
    public void ClassPredictionsNameClassesAndQuoteThem()
    {
        var summary = new ClassSummary(2, 2, [0.25, 0.75, 0.5, 0.5], [0.5625, 0.6875], [0.125, 0]);
        var site = new SitePrediction.Class(["a,b", "say \"c\""], summary, [0L, 1L]) { Site = "species" };
        Assert.Equal(
            """"
            row,observed,predicted,entropy,mutualInformation,"p.a,b","p.say ""c"""
            7,"a,b","say ""c""",0.5625,0.125,0.25,0.75
            19,"say ""c""","a,b",0.6875,0,0.5,0.5

            """", Text(s => PredictionsCsv.Write(s, [7, 19], [site])));
    }

    [Fact]
    public void NumbersHaveMomentsAndQuantilesAndSeveralSitesArePrefixed()
    {
        var y = new SitePrediction.Real(1, new(2, [1.5, 2.5], [9, 1], [16, 0], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), null) { Site = "y" };
        var z = new SitePrediction.Real(2, new(4, [1, 2, 3, 4], [0, 0, 0, 0], [4, 4, 4, 4], [.. Enumerable.Range(0, 20).Select(i => (double)i)]), [-1, -2, -3, -4]) { Site = "z" };
        var lines = Text(s => PredictionsCsv.Write(s, [2, 3], [y, z])).Split('\n');
        const string quantiles = "q0.025,q0.25,q0.5,q0.75,q0.975";
        Assert.Equal("row,mean,sd,aleatoricSd,epistemicSd," + quantiles, Text(s => PredictionsCsv.Write(s, [2, 3], [y])).Split('\n')[0]);
        Assert.StartsWith("row,y.mean,y.sd,y.aleatoricSd,y.epistemicSd,y.q0.025,", lines[0]);
        Assert.Contains(",z.observed[0],z.mean[0],z.sd[0],", lines[0]);
        Assert.EndsWith(",z.q0.975[1]", lines[0]);
        Assert.StartsWith("2,1.5,5,3,4,1,2,3,4,5,-1,1,2,0,2,0,1,2,3,4,-2,2,", lines[1]);
        Assert.StartsWith("3,2.5,1,1,0,6,7,8,9,10,-3,3,2,0,2,10,11,12,13,14,-4,4,", lines[2]);
    }

    private static string Text(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
